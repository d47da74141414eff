"""A request for all about something -> what that is: "Find my notes about X", "key points on X", "which note mentions X"."""

from __future__ import annotations

import re

from notebot.retrieve.leaning import ASKING, says_something
from notebot.retrieve.vocabulary import WORD, is_content

MOST = 6  # words of a topic; what is longer is a question of its own
POLITELY = r"""(?:(?:please|kindly|let['’]?s|let\s+(?:us|me)|i['’]d\s+(?:like|love)\s+to|i\s+(?:want|need)\s+to
    |(?:can|could|would)\s+(?:you|we))\s+)*"""
BETWEEN = r"""(?:\s+(?:me|us|my|our|your|the|an?|all|any|some|every(?:thing|where)?|anything|something|whatever|what|which
    |of|in|out|up|into|through|from|down|i|we|you|do|did|does|have|has|had|['’]ve|know|learnt|learned|wrote|written|write
    |noted|saved|said|say|is|are|there|notes?|files?|pages?|documents?|folders?|passages?|parts?|places?|lines?|sentences?
    |more|again|quick(?:ly)?|brief(?:ly)?|short|little|bit|key|main|important|bullet|facts?|info|information|details?
    |points?|ideas?|takeaways?|basics|essentials|overview|summary|recap|refresher|intro(?:duction)?|highlights|gist
    |definitions?|explanation|description|memory|text|stuff|things?|quotes?))*"""
ABOUT = r"\s+(?:about|on|of|regarding|concerning|for|to|with)"
REQUEST = re.compile(
    rf"""{POLITELY}(?:
           (?:find|search|look|show|give|get|open|read|quote|pull|bring|fetch|recap|summari[sz]e|sum|list|tell|remind|teach|introduce
             |brief|talk|describe|explain|outline|review|collect|gather|refresh|learn|hear){BETWEEN}{ABOUT}
         | (?:recap|summari[sz]e|tl;?dr|describe|define|look\s+up|quote|find|outline|mentions?\s+of):?
         | (?:everything|anything|something|stuff|all){BETWEEN}\s+(?:about|on|regarding|concerning)
         | (?:(?:an?|the|any|some|quick|short|brief|all)\s+)*
           (?:(?:key|main|important|bullet)\s+(?:facts?|points?|ideas?|takeaways?)|facts|info|information|overview|summary|recap
             |refresher|highlights|gist|basics|intro(?:duction)?){BETWEEN}{ABOUT}
         | what(?:['’]s|\s+is)\s+(?:the\s+(?:deal|story)\s+with|(?:important|known|said|worth\s+knowing)\s+about)
         | what\s+(?:did|do|have)\s+(?:i|we)\s+(?:learn|learned|learnt|say|said|write|written|note|noted)(?:\s+down)?
           \s+(?:about|on)
         | (?:(?:in|on)\s+)?(?:(?:which|what)\s+(?:of\s+my\s+)?(?:notes?|files?|pages?|documents?|places?)|where)\b{BETWEEN}\s+
           (?:(?:talks?|speaks?|writ(?:e|es|ten)|wrote|says?|said|is|are|noted?)\s+(?:about|on|of)
             |mentions?|mentioned|discuss(?:es|ed)?|covers?|describes?|explains?|deals?\s+with)
        )\s+(?=\S)""",
    re.I | re.VERBOSE,
)


def after_request(text: str, start: int = 0) -> int:
    """Where the topic begins of a request for all about it; 0 if it is none, or if its words say nothing anyway."""
    match = REQUEST.match(text, start)
    if not match or not any(map(is_content, WORD.findall(match.group()))):
        return 0
    topic = text[match.end() :]
    plain = len(WORD.findall(topic)) <= MOST and not ASKING.search(topic)
    return match.end() if plain and says_something(topic) else 0
