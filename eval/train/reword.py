"""Ways of saying the same that people mix freely: groups of phrases, and numbers in words, digits and shares.

In a group every phrase may stand for every other. What is alike but not the same (may and does, often and always) is in
different groups, so that what learns from them sees both.
"""

from __future__ import annotations

import random
import re

GROUPS = tuple(
    tuple(phrase.strip() for phrase in line.split("|"))
    for line in """
    only | solely | just | exclusively | nothing but
    not only | not just | not merely
    all of the | every one of the | each of the
    every | each
    always | at all times | every time | without exception
    never | at no time | not once | not ever
    often | frequently | many times | a lot of the time
    rarely | seldom | hardly ever | almost never
    sometimes | now and then | at times | on occasion | occasionally
    usually | normally | as a rule | in most cases | generally
    most of the | the majority of the | more than half of the
    many | a large number of | plenty of | numerous
    few | not many | only a small number of
    several | a number of | more than a couple of
    at least | no fewer than | not less than | a minimum of
    at most | no more than | not more than | up to | a maximum of
    more than | over | upwards of | in excess of
    less than | fewer than | under | below
    about | around | roughly | approximately | some
    nearly | almost | close to | just under
    exactly | precisely
    cannot | can not | is unable to | is not able to | has no way to
    can | is able to | is capable of being made to
    must | has to | needs to | is required to
    must not | may not | is not allowed to | is forbidden to
    may | might | could possibly | is possibly going to
    should | ought to | is supposed to
    did not | didn't | failed to
    does not | doesn't | fails to
    is not | isn't
    was not | wasn't
    are not | aren't
    were not | weren't
    no longer | not any more | no more
    without | with no | lacking any
    because | since | as | for the reason that
    because of | due to | owing to | on account of | thanks to
    although | even though | though | despite the fact that
    therefore | so | for that reason | as a result | hence
    however | but | on the other hand
    before | prior to | ahead of
    after | following | subsequent to
    during | in the course of | in the middle of
    until | till | up to the time that
    such as | like | for example | for instance | including
    in order to | so as to | to
    also | as well | too | in addition
    first | to begin with | at the start | initially
    later | afterwards | at a later time
    begin | start | commence
    began | started | commenced | got under way
    end | finish | come to an end
    ended | finished | came to an end | was over
    use | make use of | employ | rely on
    uses | makes use of | employs | relies on
    used | made use of | employed | relied on
    make | create | produce
    made | created | produced
    makes | creates | produces
    build | construct | put up
    built | constructed | put up
    get | obtain | receive
    got | obtained | received
    give | provide | hand over
    gave | provided | handed over
    buy | purchase
    bought | purchased
    show | display | present
    shows | displays | presents
    help | assist | support
    helps | assists | supports
    need | require | call for
    needs | requires | calls for
    allow | let | permit | enable
    allows | lets | permits | enables
    contain | include | hold
    contains | includes | holds
    change | alter | modify
    changed | altered | modified
    keep | retain | hold on to
    kept | retained | held on to
    remove | delete | take away | get rid of
    removed | deleted | took away | got rid of
    stop | cease | halt | come to rest
    fix | repair | mend | put right
    fixed | repaired | mended | put right
    find | locate | discover
    found | located | discovered
    write | author | put in writing
    wrote | authored | was the author of
    founded | established | set up | started
    replaced | took the place of | superseded | came instead of
    increased | rose | went up | grew
    decreased | fell | went down | dropped | declined
    killed | put to death | took the life of
    died | passed away | lost his life
    big | large | sizeable
    small | little | tiny
    fast | quick | rapid | speedy
    hard | difficult | tricky
    easy | simple | straightforward
    important | significant | of great weight
    famous | well known | renowned
    different | distinct | not the same
    similar | alike | much the same
    same | identical
    possible | feasible
    whole | entire | complete
    new | recent | novel
    old | ancient | of long standing
    children | kids | young people
    people | persons | individuals
    country | nation | state
    film | movie | picture
    money | funds | cash
    work | job | labour
    area | region | zone
    method | technique | way | approach
    error | mistake | fault
    tool | utility | instrument
    program | application | piece of software
    library | software library
    file | document
    user | person using it
    is called | is known as | goes by the name of | is named
    known as | called | named | referred to as
    located in | situated in | found in | in
    part of | a portion of | one part of
    consists of | is made up of | comprises | is composed of
    based on | built on | derived from | resting on
    responsible for | in charge of | answerable for
    leads to | results in | causes | brings about
    led to | resulted in | caused | brought about
    depends on | hinges on | rests on | is governed by
    belongs to | is owned by | is the property of
    twice | two times | double
    half of | 50 % of | 50 percent of | one half of
    a third of | one third of | 33 % of
    a quarter of | 25 % of | one fourth of
    daily | every day | each day | once a day
    weekly | every week | once a week
    monthly | every month | once a month | twelve times a year
    yearly | annually | every year | once a year
    quarterly | every three months | four times a year
    percent | per cent | %
    """.strip().splitlines()
)
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
INDEX = {phrase: group for group in GROUPS for phrase in group if len(phrase) > 1}
PHRASE = re.compile(rf"(?<![\w-])({'|'.join(sorted(map(re.escape, INDEX), key=len, reverse=True))})(?![\w-])")


def reworded(text: str, rng: random.Random, *, share: float = 0.7) -> str:
    """About `share` of the phrases that have others replaced by one of them, and numbers said in another way."""

    def other(match: re.Match[str]) -> str:
        if rng.random() > share or match[1] in ("as", "in", "to", "like", "some", "so", "but", "state", "picture", "work"):
            return match[0]
        return rng.choice([phrase for phrase in INDEX[match[1]] if phrase != match[1]])

    return _numbers(PHRASE.sub(other, text), rng)


def _numbers(text: str, rng: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        if rng.random() < 0.4:
            return match[0]
        value = int(match[0].replace(",", ""))
        if value >= 1000 and "," in match[0]:
            return _large(value, rng) or match[0]
        return _spelled(value) if value <= 100 else match[0]

    text = re.sub(r"(?<![\w.,$€£/:-])\d{1,3}(?:,\d{3})*(?![\w,/:-]|\.\d|\s*[%°])", other, text)
    if rng.random() < 0.4:
        text = re.sub(rf"\b({'|'.join(ONES[2:])})(?=\s[a-z])", lambda m: str(ONES.index(m[1])), text)
    return text


def _spelled(value: int) -> str:
    if value < 20:
        return ONES[value]
    if value == 100:
        return "a hundred"
    return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")


def _large(value: int, rng: random.Random) -> str:
    """1,500,000 as 1.5 million or 1500000, 2,000 as two thousand."""
    for size, name in ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")):
        if value >= size and value % (size // 10) == 0:
            count = value / size
            shown = _spelled(int(count)) if count == int(count) and count <= 20 and rng.random() < 0.6 else f"{count:g}"
            return f"{shown} {name}"
    return str(value)
