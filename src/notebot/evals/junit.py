"""A report as JUnit's XML, which every CI shows: a test for each case, failed where the case went wrong. Pure."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from notebot.evals.report import failure, shown, verdicts
from notebot.evals.run import Report

# What XML 1.0 cannot hold, not even as a reference.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """The XML document. A case that failed to run is an error, one that went wrong a failure, each threshold a test."""
    wrong = [failure(one) for one in report.outcomes]
    errors = sum(bool(one.error) for one in report.outcomes)
    judged = verdicts(report)
    broken = sum(verdict.kept is False for verdict in judged)
    suite = Xml.Element(
        "testsuite",
        name=_plain(report.name),
        tests=str(len(wrong) + len(judged)),
        failures=str(sum(map(bool, wrong)) - errors + broken),
        errors=str(errors),
        time=f"{sum(one.seconds or 0 for one in report.outcomes):.3f}",
    )
    for one, reason in zip(report.outcomes, wrong, strict=True):
        name = one.case.id if not one.repeat else f"{one.case.id} (repeat {one.repeat})"
        test = Xml.SubElement(suite, "testcase", classname=_plain(report.name), name=name, time=f"{one.seconds or 0:.3f}")
        if reason:
            told = Xml.SubElement(test, "error" if one.error else "failure", message=_plain(reason))
            told.text = _plain(f"{one.case.question}\n{shown(one.answer) if one.answer else ''}")
    for verdict in judged:
        group = _plain(f"{report.name}.thresholds")
        test = Xml.SubElement(suite, "testcase", classname=group, name=verdict.figure.name, time="0")
        if verdict.kept is False:
            Xml.SubElement(test, "failure", message=str(verdict))
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
