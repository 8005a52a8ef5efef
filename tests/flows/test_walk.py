"""Walks through flows find what is planted in them, and nothing in flows that are well."""

import json
import random
from contextlib import suppress
from textwrap import dedent

import pytest

from bot.shell import SHELL
from flows import cli, guards
from flows.compiler import Compiled, Content, compile_content, read_pack
from flows.diagnostics import ContentError
from flows.machine import Machine
from flows.shell import Shell
from flows.walk.paths import Paths
from flows.walk.report import entries, walk
from flows.walk.strolls import Strolls
from tests.content import content, write
from tests.flows.generated import compiled, draft

WELL = """
flow: tea
takes: [mood]
steps:
  hello:
    say: "Tea?"
    choices:
      - {id: "yes", label: "Yes", to: which}
      - {id: "no", label: "No", to: bye}
      - {id: sweet, label: "Something sweet", to: bye, when: {answer: {mood: low}}}
    when: [{heard: grief, to: sorry}]
    skip: bye
  which:
    say: "Which tea?"
    ask: tea
    when:
      - {answer: {tea: [green, white]}, to: fine}
      - {answer: {tea: brief}, to: sugar}
      - {guard: night, to: bye}
    to: bye
  fine:
    say: "{tea} it is."
    to: sugar
  sugar:
    say: "How much sugar?"
    ask: {name: sugar, number: [0, 10]}
    when: [{answer: {sugar: 8..10}, to: draws}]
    to: find
  find:
    do: look
    when: [{answer: {found: cups}, to: draws}]
    to: bye
  draws:
    say: "It draws."
    after: {seconds: 20, to: later}
    choices: [{id: now, label: "Now", to: bye}]
    skip: bye
  later:
    say: "It comes back."
    after: {days: 3, at: "09:00", to: bye}
  sorry:
    say: "I'm sorry."
    call: hug
    to: bye
  bye:
    say: "Another time."
    to: end
"""
HUG = """
flow: hug
kind: part
steps:
  hold:
    say: "Here."
    choices: [{id: ok, label: "Okay", to: end}]
    when: [{heard: [grief, tired], to: hold}]
    skip: end
"""
QUIET = """
flow: quiet
steps:
  ask:
    say: "Tea?"
    choices:
      - {id: "yes", label: "Yes", to: pour}
      - {id: "no", label: "No", to: bye}
    skip: bye
  pour:
    set: {poured: "yes"}
    to: end
  bye:
    say: "Another time."
    to: end
"""


def found(report, kind):
    """Return the findings of a kind as (flow, row, step)."""
    return [(each.flow, each.row, each.step) for each in report.findings if each.kind == kind]


def row(text, line):
    """Return the row of a line of a flow, as it lies in its file."""
    return dedent(text).splitlines().index(line) + 1


def test_nothing_is_found_in_flows_that_are_well(tmp_path):
    """Every step, choice and branch is reached: at night, after days, by what is heard, typed, found and known."""
    report = walk(content(tmp_path, tea=WELL, hug=HUG), strolls=40)

    assert report.findings == ()
    assert report.untried == 0
    assert report.entered == ("tea",)


def test_a_walk_is_the_same_for_the_same_seed(tmp_path):
    """Chance comes from the seed alone; another seed walks elsewhere."""
    tea = content(tmp_path, tea=WELL, hug=HUG)

    first, same, other = (walk(tea, strolls=40, seed=seed) for seed in (1, 1, 2))

    assert first == same
    assert first.reached != other.reached


def test_a_turn_that_says_nothing_is_an_error_with_its_way(tmp_path):
    """The step that fell silent is named by its row, with what was tapped before."""
    report = walk(content(tmp_path, quiet=QUIET), strolls=0)

    assert found(report, "silent") == [("quiet", row(QUIET, "  pour:"), "pour")]
    assert report.findings[0].way == ("quiet begins", "taps “Yes”")
    assert report.errors == 1


def test_random_walks_find_silence_too(tmp_path):
    """What all paths would find is found at random, if there is time for it."""
    report = walk(content(tmp_path, quiet=QUIET), strolls=40, depth=0)

    assert found(report, "silent") == [("quiet", row(QUIET, "  pour:"), "pour")]


def test_words_that_are_said_once_leave_silence_the_next_time(tmp_path):
    """A person who has read a line that is said once meets what is left without it."""
    text = QUIET.replace('set: {poured: "yes"}', 'say: {once: "Here you are."}')

    report = walk(content(tmp_path, quiet=text), strolls=0)

    assert found(report, "silent") == [("quiet", row(text, "  pour:"), "pour")]


def test_a_bubble_without_words_is_an_error(tmp_path):
    """A bubble that only shows an answer is empty when the question was skipped."""
    text = """
        flow: echo
        steps:
          ask:
            say: "Which tea?"
            ask: tea
            to: shown
          shown:
            say: "{tea}"
            to: end
        """

    report = walk(content(tmp_path, echo=text), strolls=0)

    assert found(report, "empty") == [("echo", 8, "shown")]
    assert report.findings[0].way == ("echo begins", "skips")


def test_a_branch_behind_one_that_takes_all_is_dead(tmp_path):
    """The row of a `when` that never comes to its turn is named."""
    dead = "      - {answer: {tea: green}, to: bye}"
    text = WELL.replace(
        "    when:\n      - {answer: {tea: [green",
        f"    when:\n      - {{answer: {{tea: given}}, to: sugar}}\n{dead}\n      - {{answer: {{tea: [green",
    )

    report = walk(content(tmp_path, tea=text, hug=HUG), strolls=0)

    assert ("tea", row(text, dead), "which") in found(report, "dead")
    assert report.errors == 0


def test_a_choice_that_is_never_offered_is_dead(tmp_path):
    """Nothing gives the answer that the choice asks for."""
    choice = '      - {id: cake, label: "Cake", to: bye, when: {answer: {sugar: lots}}}'
    text = WELL.replace("    when: [{heard: grief", f"{choice}\n    when: [{{heard: grief")

    report = walk(content(tmp_path, tea=text, hug=HUG), Shell(actions={"look": ("found",)}), strolls=0)

    assert found(report, "dead") == [("tea", row(text, choice), "hello")]


def test_a_choice_for_the_night_is_offered_and_taken(tmp_path):
    """Other hours are tried where a guard decides what is offered."""
    choice = '      - {id: bed, label: "To bed", to: bed, when: {guard: night}}'
    text = WELL.replace("    when: [{heard: grief", f"{choice}\n    when: [{{heard: grief")
    text += '  bed:\n    say: "Good night."\n    to: end\n'

    assert walk(content(tmp_path, tea=text, hug=HUG), strolls=0).findings == ()


@pytest.mark.parametrize(
    "guard", ["eating", "psychosis", "third", "acute", "in_view", "offers_again", "shaken"]
)
def test_what_is_known_of_a_person_is_tried_where_a_guard_looks_at_it(tmp_path, guard):
    """A branch for those who told of something, or who practised twice today, is taken; so is a choice."""
    choice = f'      - {{id: bed, label: "To bed", to: bed, when: {{guard: {guard}}}}}'
    text = WELL.replace("    when: [{heard: grief", f"{choice}\n    when: [{{heard: grief")
    text = text.replace("guard: night, to: bye", f"guard: {guard}, to: bed")
    text += '  bed:\n    say: "Good night."\n    to: end\n'

    assert walk(content(tmp_path, tea=text, hug=HUG), strolls=0).findings == ()


def test_a_step_that_nobody_comes_to_is_dead(tmp_path):
    """Only a number that cannot be given leads to it."""
    text = WELL.replace(
        "when: [{answer: {sugar: 8..10}, to: draws}]", "when: [{answer: {sugar: 11..12}, to: much}]"
    )
    text += '  much:\n    say: "That is a lot."\n    to: end\n'

    report = walk(content(tmp_path, tea=text, hug=HUG), strolls=0)

    assert found(report, "dead") == [
        ("tea", row(text, "    when: [{answer: {sugar: 11..12}, to: much}]"), "sugar"),
        ("tea", row(text, "  much:"), "much"),
    ]


ROUND = """
flow: round
steps:
  ask:
    say: "Left or right?"
    choices:
      - {id: left, label: "Left", to: left}
      - {id: out, label: "Out", to: out}
    skip: out
  left:
    say: "Left it is."
    choices: [{id: "on", label: "On", to: right}]
    skip: right
  right:
    say: "Right it is."
    call: hug
    to: left
  out:
    say: "Out it is."
    to: end
"""


def test_a_round_without_a_way_out_is_a_trap(tmp_path):
    """It is named by its first step, also where a flow is called on the way that ends elsewhere."""
    report = walk(content(tmp_path, round=ROUND, tea=WELL, hug=HUG), strolls=0)

    assert found(report, "trap") == [("round", row(ROUND, "  left:"), "left")]
    (trap,) = (each for each in report.findings if each.kind == "trap")
    assert trap.way == ("round begins", "taps “Left”")
    assert report.errors == 0


def test_a_round_with_a_way_out_is_none(tmp_path):
    """Coming back to a question is how talks are."""
    text = ROUND.replace("    skip: right", "    skip: ask")

    assert walk(content(tmp_path, round=text, hug=HUG), strolls=0).findings == ()


def test_what_comes_round_with_the_clock_alone_is_told(tmp_path):
    """Somebody who does nothing would hear from the bot for ever."""
    text = """
        flow: daily
        steps:
          ask:
            say: "Tea every day?"
            choices: [{id: "yes", label: "Yes", to: rest}]
            skip: rest
          rest:
            say: "Until tomorrow."
            after: {days: 1, to: again}
          again:
            say: "It is tea time."
            to: rest
        """

    report = walk(content(tmp_path, daily=text), strolls=20)

    assert found(report, "round") == [("daily", 8, "rest")]
    assert found(report, "trap") == []
    assert report.talks[0].ended < report.talks[0].walks


def test_what_goes_round_without_waiting_is_an_error(tmp_path):
    """What the checks would have missed shows here: the bot would never come to an end of its turn."""
    text = """
        flow: busy
        steps:
          ask:
            say: "Shall I look?"
            choices: [{id: "yes", label: "Yes", to: look}]
            skip: look
          look:
            say: "I look."
            do: look
            to: look
        """
    (flow,) = read_pack(write(tmp_path, busy=text)).flows[:1]
    unchecked = Content({"busy": Compiled(flow, Machine(flow))}, {}, "")

    assert ("busy", 8, "look") in found(walk(unchecked, strolls=0), "endless")
    assert ("busy", 8, "look") in found(walk(unchecked, strolls=9, depth=0), "endless")


def test_a_fault_of_the_program_is_told_with_its_way(tmp_path, monkeypatch):
    """A guard that fails does not end the walk."""
    monkeypatch.setitem(guards.GUARDS, "broken", lambda answers, facts: 1 / 0)
    text = QUIET.replace("  pour:\n", "  pour:\n    when: [{guard: broken, to: bye}]\n")

    report = walk(content(tmp_path, quiet=text), strolls=20)

    assert found(report, "error") == [("quiet", row(text, "  pour:"), "pour")]
    assert "ZeroDivisionError" in report.findings[0].message
    assert report.findings[0].way[-1] == "taps “Yes”"


def test_what_the_bounds_cut_off_is_said(tmp_path):
    """A walk that has not tried everything does not look like one that has."""
    report = walk(content(tmp_path, tea=WELL, hug=HUG), strolls=0, depth=2)

    assert report.untried > 0
    assert found(report, "trap") == []


def test_a_walk_through_one_flow_ends_where_it_is_left(tmp_path):
    """Only what was asked for is judged."""
    text = WELL.replace("    call: hug\n    to: bye", '    to: "flow:quiet"')

    report = walk(content(tmp_path, tea=text, quiet=QUIET), only=["tea"], strolls=0)

    assert report.findings == ()
    assert not any(flow == "quiet" for flow, step in report.reached if step != "ask")


def test_a_flow_is_walked_once_however_many_call_it(tmp_path):
    """Ten callers cost ten times what calling costs, and not ten walks through what is called."""
    caller = """
        flow: {0}
        steps:
          hi:
            say: "Hi."
            ask: name
            when: [{{answer: {{name: brief}}, to: in}}]
            to: in
          in:
            call: tea
            to: end
        """
    alone = walk(content(tmp_path / "one", tea=WELL, hug=HUG), only=["tea"], strolls=0).places
    flows = {f"c{number}": caller.format(f"c{number}") for number in range(10)}

    many = walk(content(tmp_path / "many", tea=WELL, hug=HUG, **flows), strolls=0)

    assert many.findings == ()
    assert many.places < 2 * alone + 10 * 6


CALLER = """
flow: {0}
steps:
  in:
    call: {1}
    when: [{{answer: {{got: given}}, to: with}}]
    to: out
  with:
    say: "So it is {{got}}."
    to: out
  out:
    say: "And out."
    to: end
"""
CALLED = """
flow: called
kind: part
returns: [got]
steps:
  ask:
    say: "What is it?"
    ask: got
    to: rest
  rest:
    say: "Until tomorrow."
    after: {days: 1, to: end}
"""


def test_what_a_called_flow_returns_decides_for_all_who_have_called_it(tmp_path):
    """It rests for a day; then each caller, and each caller of those, goes on in both ways."""
    flows = {id_: CALLER.format(id_, "called") for id_ in ("one", "two")}
    three = """
        flow: three
        steps:
          in:
            call: two
            to: out
          out:
            say: "Three is out."
            to: end
        """

    report = walk(content(tmp_path, called=CALLED, **flows, three=three), strolls=0)

    assert report.findings == ()


def test_who_calls_a_flow_late_goes_on_as_those_before(tmp_path):
    """Its ways to end are known by then."""
    question = '  q{0}:\n    say: "Number {0}?"\n    ask: a{0}\n    to: q{1}\n'
    steps = "".join(question.format(number, number + 1) for number in range(9))
    late = f"flow: late\nsteps:\n{steps}  q9:\n    call: called\n    to: out\n"
    late += '  out:\n    say: "Out."\n    to: end\n'

    report = walk(content(tmp_path, called=CALLED, one=CALLER.format("one", "called"), late=late), strolls=0)

    assert report.findings == ()


def test_a_called_flow_that_leads_home_is_a_way_out_for_all_who_have_called_it(tmp_path):
    """Nobody is caught where what is called ends elsewhere."""
    menu = """
        flow: menu
        steps:
          ask:
            say: "What now?"
            ask: words
            to: bye
          bye:
            say: "Bye."
            to: end
        """
    away = """
        flow: away
        kind: part
        steps:
          ask:
            say: "Away?"
            choices: [{id: "yes", label: "Yes", to: "flow:menu"}]
            skip: "flow:menu"
        """
    stuck = """
        flow: {0}
        steps:
          ask:
            say: "Go?"
            choices: [{{id: "yes", label: "Yes", to: go}}]
            skip: ask
          go:
            call: away
            to: ask
        """
    flows = {id_: stuck.format(id_) for id_ in ("one", "two")}

    report = walk(content(tmp_path, menu=menu, away=away, **flows), strolls=0)

    assert report.findings == ()


def test_a_rest_that_is_laid_over_talks_leads_each_of_them_back_to_itself(tmp_path):
    """What is a way out for one talk is none for another."""
    talk = """
        flow: {0}
        steps:
          ask:
            say: "Go on?"
            choices: [{{id: "yes", label: "Yes", to: {1}}}]
            when: [{{heard: tired, over: pause}}]
            skip: ask
          bye:
            say: "Bye."
            to: end
        """
    pause = """
        flow: pause
        kind: part
        steps:
          ask:
            say: "A pause?"
            choices: [{id: "yes", label: "Yes", to: rest}]
            skip: rest
          rest:
            say: "Until tomorrow."
            after: {days: 1, to: back}
          back:
            say: "A day later."
            to: end
        """
    flows = {"first": talk.format("first", "bye"), "stuck": talk.format("stuck", "ask")}

    report = walk(content(tmp_path, pause=pause, **flows), strolls=0)

    assert found(report, "trap") == [("stuck", 4, "ask")]


def test_people_enter_what_the_bot_begins_and_what_nothing_leads_to():
    """What surrounds a practice is entered by way of practices alone."""
    bot = compile_content(shell=SHELL)

    assert {"welcome", "menu", "return", "direct"} <= set(entries(bot, SHELL))
    assert not {"opening", "closing", "outward", "minute", "friend"} & set(entries(bot, SHELL))


def test_the_bots_own_content_walks_without_errors():
    """Nobody meets silence, an empty bubble, a dead end or an exception, as far as a minute leads, or at random.

    All ways take a quarter of an hour by now: `befriend flows walk` goes them flow by flow.
    """
    report = walk(compile_content(shell=SHELL), SHELL, strolls=130, most=30_000)

    assert [each for each in report.findings if each.error] == []
    assert all(talk.ended == talk.walks for talk in report.talks)


@pytest.mark.parametrize("seed", range(24))
def test_all_paths_hold_whatever_is_reached_at_random(seed):
    """In flows made up by chance, nothing is called dead, or well, that a random walk finds otherwise."""
    chance = random.Random(seed)
    with suppress(ContentError):
        made_up = compiled(draft(chance))
        paths = Paths(made_up)
        flows = {id_: each.flow for id_, each in made_up.flows.items()}
        for id_ in flows:
            paths.begin(id_)
        paths.go()
        strolls = Strolls(made_up, paths.trials, seed=seed)
        for id_ in flows:
            for number in range(20):
                strolls.stroll(id_, number)

        assert strolls.trace.steps.keys() <= paths.trace.steps.keys()
        assert strolls.trace.branches <= paths.trace.branches
        assert {key for key in strolls.faults if key[0] != "endless"} <= paths.faults.keys()


# --- the command --------------------------------------------------------------------------


def flows_walk(folder, capsys, *words, shell=None):
    code = cli.main(["walk", "--content", str(folder), *words], shell)
    return code, capsys.readouterr()


def test_the_command_tells_where_and_ends_with_one(tmp_path, capsys):
    """An editor can jump to the file and row; the way stands beneath it."""
    write(tmp_path, quiet=QUIET)

    code, told = flows_walk(tmp_path, capsys, "quiet", "--random", "10")

    assert code == 1
    assert f"quiet/flow.yaml:{row(QUIET, '  pour:')}: silent: " in told.out
    assert "    quiet begins · taps “Yes”" in told.out
    assert "1 error, 0 remarks" in told.out


def test_the_command_says_when_it_was_cut_off(tmp_path, capsys):
    """The last lines say what was tried, and what was not."""
    write(tmp_path, tea=WELL, hug=HUG)

    code, told = flows_walk(tmp_path, capsys, "tea", "--random", "0", "--depth", "1")

    assert code == 0
    assert "left untried" in told.out


def test_the_command_speaks_json(tmp_path, capsys):
    """Each line is an object that says what it is about."""
    write(tmp_path, quiet=QUIET)

    _, told = flows_walk(tmp_path, capsys, "quiet", "--json", "--random", "10")

    objects = [json.loads(line) for line in told.out.splitlines()]
    assert {each["what"] for each in objects} == {"finding", "talk", "step", "walk"}
    assert objects[0]["kind"] == "silent"
    assert objects[0]["error"] is True


@pytest.mark.parametrize("words", [["teaa"], ["tea", "nowhere"]], ids=" ".join)
def test_a_flow_that_is_not_there_is_named(tmp_path, capsys, words):
    """A slip of the finger walks nowhere."""
    write(tmp_path, tea=WELL, hug=HUG)

    code, told = flows_walk(tmp_path, capsys, *words)

    assert code == 1
    assert f"There is no flow '{words[-1]}'." in told.err


def test_flows_that_cannot_be_used_are_not_walked(tmp_path, capsys):
    """The command says what keeps them from it, as `flows check` would."""
    write(tmp_path, tea=WELL.replace("to: which}", "to: wich}"), hug=HUG)

    code, told = flows_walk(tmp_path, capsys)

    assert code == 1
    assert "F101" in told.err
