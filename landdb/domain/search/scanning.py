"""One pass over the pieces of a text. Each rule takes what it knows at a position, or leaves it to the next rule."""

from collections.abc import Callable
from typing import Final

from landdb.domain.search.cursor import (
    MOST_IN_BRACKETS,
    Scan,
    take_area_unit,
    take_list_sign,
    take_number,
    take_part,
)
from landdb.domain.search.draft import Draft
from landdb.domain.search.labels import is_old, label_end
from landdb.domain.search.tokens import tokens_of
from landdb.domain.search.units import (
    COMMUNE_DIGITS,
    begins_address,
    is_person,
    kind_at,
    known_length,
    level_of,
    number_belongs,
)
from landdb.domain.search.vocabulary import folded_words, words

_MOST_PARCELS: Final = 50


def scan(text: str) -> Draft:
    """Give what a clean text holds."""
    state = Scan(text, tokens_of(text), Draft())
    while state.at < len(state.tokens):
        if not any(rule(state) for rule in _RULES):
            state.at += 1
    return state.draft


def _brackets(state: Scan) -> bool:
    """Take "(cũ)" and "(pcl)"; what stands behind "(cũ:" repeats an older number and is passed over."""
    if not state.is_sign("("):
        return False
    end = next((i for i in range(1, MOST_IN_BRACKETS) if state.is_sign(")", i)), None)
    if end is None:
        return False
    inside = [t for t in (state.peek(i) for i in range(1, end)) if t is not None and t.kind != "sign"]
    if not inside or not (is_old(inside[0]) or inside[0].spelled in words("labels", "new")):
        return False
    if len(inside) == 1 and is_old(inside[0]):
        state.draft.mark_old()
    state.at += end + 1
    return True


def _both(state: Scan) -> bool:
    """Take "tờ/thửa 12/345": both labels before both numbers."""
    token = state.peek()
    ahead = 2 if state.is_sign("/-,", 1) else 1
    if token is None or token.spelled not in words("labels", "sheet"):
        return False
    end = label_end(state.tokens, state.at + ahead, "parcel")
    if end is None or state.is_number(ahead):
        return False
    numbers = state.tokens[end : end + 3]
    if [one.kind for one in numbers] != ["number", "sign", "number"] or numbers[1].spelled not in "/-":
        return False
    state.at = end
    state.draft.sheet_no = take_number(state)
    state.at += 1
    state.draft.parcel_nos = [number for number in [take_number(state)] if number is not None]
    return True


def _sheet(state: Scan) -> bool:
    if not _labelled(state, "sheet"):
        return False
    number = take_number(state)
    if state.draft.sheet_no is None:
        state.draft.sheet_no = number
    else:
        state.draft.note("NUMBER_IGNORED")
    state.draft.last = "number"
    return True


def _parcels(state: Scan) -> bool:
    """Take a parcel label and the numbers behind it: a list, some of them marked as parts."""
    if not _labelled(state, "parcel"):
        return False
    state.draft.last = "number"
    while len(state.draft.parcel_nos) < _MOST_PARCELS:
        number = take_number(state)
        if number is None:
            break
        if number not in state.draft.parcel_nos:
            state.draft.parcel_nos.append(number)
        take_part(state, number)
        if not take_list_sign(state):
            break
    return True


def _area(state: Scan) -> bool:
    """Pass over an area: it is no key."""
    token = state.peek()
    if token is None or token.kind != "word":
        return False
    following = state.peek(1)
    length = 2 if (token.folded, following and following.folded) == ("dien", "tich") else int(token.folded == "dt")
    if not length:
        return False
    state.at += length
    while state.is_sign(":.,") or state.is_number():
        state.at += 1
    take_area_unit(state)
    state.draft.note("AREA_IGNORED")
    return True


def _title(state: Scan) -> bool:
    """Pass over a person who is named with a title."""
    token = state.peek()
    if token is None or token.spelled not in words("people", "titles") or known_length(state.tokens, state.at, least=2):
        return False
    following = state.peek(1)
    if following is None or following.kind == "number":
        return False
    state.at += 1
    while state.is_sign("()/:") or (state.peek() is not None and _is_free_word(state)):
        state.at += 1
    state.draft.note("PERSON_NAME")
    return True


def _unit_named(state: Scan) -> bool:
    kind = kind_at(state.tokens, state.at)
    if kind is None:
        return False
    state.at = kind.after
    name = _ward_number(state) if state.is_number() else _run(state)
    level = level_of(kind, name)
    if level == "commune" and "commune" not in state.draft.units:
        state.draft.commune_kind = kind.word
    state.draft.name_unit(level, name)
    return True


def _ward_number(state: Scan) -> str:
    """Take the number that is a ward's name; a commune code keeps its digits."""
    spelled = state.tokens[state.at].spelled
    state.at += 1
    return spelled if len(spelled) == COMMUNE_DIGITS else str(int(spelled))


def _address(state: Scan) -> bool:
    """Take an address up to the next comma, label or kind of place; its numbers are no sheets and no parcels."""
    if not begins_address(state.tokens, state.at):
        return False
    start = end = state.at
    while state.at < len(state.tokens) and not state.is_sign(",;()"):
        if state.at > start and (_is_label(state) or kind_at(state.tokens, state.at)):
            break
        state.at += 1
        end = state.at
    state.draft.addresses.append(state.text[state.tokens[start].start : state.tokens[end - 1].end])
    state.draft.last = None
    return True


def _old(state: Scan) -> bool:
    token = state.peek()
    if token is None or not is_old(token):
        return False
    following = state.peek(1)
    if (
        following is not None
        and following.kind == "word"
        and not (_is_label(state, 1) or kind_at(state.tokens, state.at + 1))
    ):
        return False
    state.draft.mark_old()
    state.at += 1
    return True


def _bare(state: Scan) -> bool:
    if not state.is_number():
        return False
    before = state.tokens[state.at - 1] if state.at else None
    sign = before.spelled if before is not None and before.kind == "sign" and before.spelled in "/-.,;" else " "
    number = take_number(state)
    if take_area_unit(state):
        state.draft.note("AREA_IGNORED")
    elif number is None:
        state.draft.note("NUMBER_IGNORED")
    else:
        state.draft.bare.append((sign, number))
        take_part(state, number)
        state.draft.last = "number"
    return True


def _words(state: Scan) -> bool:
    if not _is_free_word(state):
        return False
    token = state.tokens[state.at]
    if token.folded in folded_words("labels", "stop") and not known_length(state.tokens, state.at, least=2):
        state.at += 1
        return True
    run = _run(state)
    if is_person(run):
        state.draft.note("PERSON_NAME")
    else:
        state.draft.runs.append(run)
        state.draft.last = "place"
    return True


def _run(state: Scan) -> str:
    """Take words that make one name; a number is its end where such a name is known."""
    start = state.at
    state.at += max(1, known_length(state.tokens, state.at, least=2))
    while _is_free_word(state) and state.tokens[state.at].folded not in folded_words("labels", "list"):
        state.at += 1
    taken = [token.spelled for token in state.tokens[start : state.at]]
    if state.is_number() and number_belongs(taken, state.tokens[state.at].spelled):
        state.at += 1
    return state.text[state.tokens[start].start : state.tokens[state.at - 1].end]


def _is_free_word(state: Scan) -> bool:
    """Tell whether a word stands here that no label, kind or "cũ" claims."""
    token = state.peek()
    if token is None or token.kind != "word" or _is_label(state):
        return False
    if is_old(token) and not _goes_with_name(state):
        return False
    return kind_at(state.tokens, state.at) is None


def _goes_with_name(state: Scan) -> bool:
    following = state.peek(1)
    return following is not None and following.kind == "word" and not _is_label(state, 1)


def _is_label(state: Scan, ahead: int = 0) -> bool:
    return any(label_end(state.tokens, state.at + ahead, kind) is not None for kind in ("sheet", "parcel"))


def _labelled(state: Scan, kind: str) -> bool:
    """Move behind a label of this kind, noting that it is of an older map; False where there is none."""
    end = label_end(state.tokens, state.at, kind)
    if end is None:
        return False
    if any(is_old(token) for token in state.tokens[state.at : end]):
        state.draft.is_old = True
    state.at = end
    return True


_RULES: Final[tuple[Callable[[Scan], bool], ...]] = (
    _brackets, _area, _both, _sheet, _parcels, _address, _title, _unit_named, _old, _bare, _words,
)  # fmt: skip
