import pytest

from newsroles.cli.arguments import check_saved, chosen_labels, complete_labels
from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS


def test_labels_are_chosen_in_whatever_case() -> None:
    assert chosen_labels(None, DEFAULT_LABELS) is None
    assert chosen_labels("Claim, ACCUSATION", DEFAULT_LABELS) == {"claim", "accusation"}
    assert chosen_labels("a,B", ("a", "A", "B")) == {"a", "B"}
    composed, apart = "\u00c4u\u00dferung", "A\u0308u\u00dferung"
    assert chosen_labels(f"{apart},{composed.lower()}", (composed, "b")) == {composed}
    assert chosen_labels(composed, (apart, "b")) == {apart}
    with pytest.raises(UsageError, match=r"no label claims.*claim,accusation"):
        chosen_labels("claims,claim", DEFAULT_LABELS)


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("", list(DEFAULT_LABELS)),
        ("b", ["background", "boilerplate"]),
        ("claim,A", ["claim,accusation"]),
        ("claim,c", []),
        ("x", []),
    ],
)
def test_the_last_label_of_a_list_is_completed(begun: str, completed: list[str]) -> None:
    assert complete_labels(begun) == completed


def test_an_address_is_to_be_saved_first() -> None:
    check_saved(["page.html", "-", "http.txt", "https.d/1.txt"])
    with pytest.raises(
        UsageError, match=r"save the page first.*curl -L -o page.html 'HTTPS://news.example/1'"
    ):
        check_saved(["page.html", "HTTPS://news.example/1"])
