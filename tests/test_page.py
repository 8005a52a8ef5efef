"""The page that a person takes along: all of it, in order, and nothing in it that runs."""

from datetime import UTC, datetime

import pytest

from bot.belongings import Belongings, Chat, Kept, Later, Number, Place, Talk
from bot.model import CONSENT, Person
from bot.page import documents, page

NOW = datetime(2026, 11, 26, 9, 5, tzinfo=UTC)
HEAD = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>&lt;page_title&gt;</title>
"""
BODY = """<h1>&lt;page_title&gt;</h1>
<p>2026-11-26 09:05 UTC. &lt;page_open&gt;</p>
<h2>&lt;page_kept&gt; (letter)</h2>
<blockquote>&lt;b&gt; &amp; ü</blockquote>
<blockquote>again</blockquote>
<h2>&lt;page_kept&gt; (sentence)</h2>
<blockquote>one</blockquote>
<h2>&lt;page_outcomes&gt;</h2>
<table>
<tr><th>felt</th><td>ease</td></tr>
<tr><th>heavy</th><td>6</td></tr>
<tr><th>more</th><td>[&quot;ü&quot;]</td></tr>
</table>
<h2>&lt;page_talk&gt;: menu / listen</h2>
<table>
<tr><th>first_words</th><td>&lt;hello&gt;</td></tr>
</table>
<h2>&lt;page_talk&gt;: sit / at &lt;all&gt;</h2>
<table>
</table>
<h2>&lt;page_timers&gt;: 2026-11-26 09:05 UTC (aside:rest): rest / it</h2>
<table>
<tr><th>a</th><td>b</td></tr>
</table>
<h2>&lt;page_timers&gt;: 2026-11-26 09:05 UTC (flow)</h2>
<table>
</table>
<h2>&lt;page_person&gt;</h2>
<table>
<tr><th>id</th><td>0123</td></tr>
<tr><th>consent</th><td>{consent}</td></tr>
<tr><th>adult</th><td>true</td></tr>
<tr><th>warmth</th><td>plain</td></tr>
<tr><th>country</th><td>IE</td></tr>
<tr><th>chat (telegram)</th><td>7</td></tr>
</table>
<h2>&lt;page_variables&gt;</h2>
<table>
<tr><th>thing</th><td>a &quot;kite&quot;</td></tr>
</table>
<h2>&lt;page_numbers&gt;</h2>
<table>
<tr><th>message</th><td>4, 6</td></tr>
<tr><th>update</th><td>5</td></tr>
</table>
<h2>&lt;page_aside&gt;</h2>
<table>
<tr><th></th><td>{&quot;text&quot;: 5}</td></tr>
</table>
""".replace("{consent}", str(CONSENT))


@pytest.fixture
def everything():
    return Belongings(
        made=NOW,
        chat=Chat("telegram", "7"),
        person=Person(
            "0123",
            consent=CONSENT,
            adult=True,
            country="IE",
            kept_at={"thing": "2026"},
            variables={"thing": 'a "kite"'},
            seen=b"seen",
            once=b"once",
        ),
        kept=[Kept("letter", "<b> & ü"), Kept("sentence", "one"), Kept("letter", "again")],
        outcomes=[{"felt": "ease", "heavy": 6, "more": ["ü"]}],
        timers=[
            Later("aside:rest", NOW, 1, [Place("rest", "it", {"a": "b"})], "{}"),
            Later("flow", NOW, 1, [], "x"),
        ],
        talk=Talk([Place("menu", "listen", {"first_words": "<hello>"}), Place("sit", "at <all>", {})], "{}"),
        numbers=[Number("message", 4, NOW), Number("update", 5, NOW), Number("message", 6, NOW)],
        set_aside=['{"text": 5}'],
    )


def words(line):
    return f"<{line}>"


def test_everything_stands_on_the_page(everything):
    """In an order that reads well; whatever somebody wrote is text and nothing else."""
    found = page(everything, words).decode()

    assert found.startswith(HEAD)
    assert found[found.index("<h1>") :] == BODY


def test_what_is_not_there_has_no_heading():
    """Somebody of whom little is held takes along a short page."""
    found = page(
        Belongings(
            made=NOW, chat=Chat("telegram", "7"), person=Person("0123"), kept=[], outcomes=[], timers=[], talk=None,
            numbers=[], set_aside=[],
        ),
        words,
    ).decode()  # fmt: skip

    assert found[found.index("<h1>") :].splitlines() == [
        *BODY.splitlines()[:2],
        "<h2>&lt;page_person&gt;</h2>",
        "<table>",
        "<tr><th>id</th><td>0123</td></tr>",
        "<tr><th>warmth</th><td>plain</td></tr>",
        "<tr><th>chat (telegram)</th><td>7</td></tr>",
        "</table>",
    ]


def test_both_documents_say_what_they_are_for(everything):
    """By name, by day and by the line that goes with them."""
    found = documents(everything, words)

    assert {line: name for line, (name, _) in found.items()} == {
        "export_page": "befriend-2026-11-26.html",
        "export_file": "befriend-2026-11-26.json",
    }
    assert found["export_page"][1] == page(everything, words)
    assert b'"befriend": "export"' in found["export_file"][1]
