"""Where a task stands on the way through its stages, answer by answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from approvals.policy.document import Approval, Level, PolicyDocument, Rejection, Span
from approvals.policy.facts import Answer, Context, State
from approvals.policy.tally import Outcome, Tally, outcome, still_needed

ASKED_BY_HAND = Approval(), Rejection()


@dataclass(frozen=True, slots=True)
class Standing:
    """A place on the way.

    Args:
        said: of the stage so far, who answered for whom, and whether it was a yes.
        people: who is asked; None: whom the level names.
        is_by_hand: somebody escalated to `people`, any of whom decides; the level's rules are out of force.
        since: when the level was asked, or the end was reached.
    """

    since: datetime
    stage: int = 0
    level: int = 0
    state: State = State.pending
    code: str = "waiting"
    said: tuple[tuple[int, int, bool], ...] = ()
    people: frozenset[int] = frozenset()
    is_by_hand: bool = False

    @property
    def is_final(self) -> bool:
        """Whether nothing can change it any more."""
        return self.state not in (State.pending, State.unsatisfiable)


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one task through its policy."""

    policy: PolicyDocument
    context: Context

    def standing(self, answers: Iterable[Answer], now: datetime) -> Standing:
        """Where the answers and the time have led. A clock that was put back counts as standing still."""
        place = self._enter(Standing(self.context.opened_at), 0, 0, self.context.opened_at)
        moments: list[tuple[datetime, Answer | None]] = []
        clock = self.context.opened_at
        for answer in answers:
            clock = max(clock, answer.at)
            moments.append((clock, answer))
        now = max(clock, now)
        moments += [(gone, None) for gone in self.context.gone.values() if gone <= now]
        for at, said in sorted(moments, key=lambda moment: moment[0]):
            place = self._pass_time(place, at)
            if said is not None:
                place = self._take(place, said, at)
            place = self._settle(place, at)
        return self._pass_time(place, now)

    def asked(self, place: Standing, at: datetime) -> frozenset[int]:
        """Who is asked and can answer, or has answered."""
        answered = {owner for _, owner, _ in place.said}
        here = {
            one
            for one in place.people
            if one in answered or one not in self.context.gone or self.context.gone[one] > at
        }
        return frozenset(here - self.barred())

    def barred(self) -> set[int]:
        """Who decides in no way."""
        requester = self.context.requester
        return {requester} if self.policy.four_eyes and requester is not None else set()

    def still_open(self, place: Standing, at: datetime) -> frozenset[int]:
        """Who is asked and has not answered."""
        return self.asked(place, at) - {owner for _, owner, _ in place.said}

    def deadline(self, place: Standing) -> datetime | None:
        """When the level ends by itself."""
        limit = self._level(place).deadline
        return self.when(place, limit.after) if limit and self.is_timed(place) else None

    def reminders(self, place: Standing) -> tuple[datetime, ...]:
        """When the level reminds, in order; not at the deadline or later."""
        if not self.is_timed(place):
            return ()
        end = self.deadline(place)
        moments = {self.when(place, span) for span in self._level(place).reminders}
        return tuple(sorted(one for one in moments if one is not None and (end is None or one < end)))

    def is_timed(self, place: Standing) -> bool:
        """Whether the level's times are in force."""
        return place.state is State.pending and not place.is_by_hand

    def when(self, place: Standing, span: Span) -> datetime | None:
        """When the span is over that began with the level."""
        duration = timedelta(minutes=span.minutes)
        if span.clock == "business" and self.context.calendar is not None:
            return self.context.calendar.add(place.since, duration)
        return place.since + duration

    def _level(self, place: Standing) -> Level:
        return self.policy.stages[place.stage].levels[place.level]

    def _enter(self, place: Standing, stage: int, level: int, at: datetime) -> Standing:
        said = place.said if stage == place.stage else ()
        people = self.context.people[stage][level]
        entered = Standing(at, stage, level, said=said, people=people)
        return self._settle(entered, at)

    def _pass_time(self, place: Standing, until: datetime) -> Standing:
        while (end := self.deadline(place)) is not None and end <= until:
            limit = self._level(place).deadline
            then = limit.then if limit else ""
            if then == "escalate":
                place = self._enter(place, place.stage, place.level + 1, end)
            elif then == "continue":
                place = self._next_stage(place, end, "deadline")
            else:
                state = State.expired if then == "fail" else State.cancelled
                place = replace(place, state=state, code="deadline", since=end)
        return place

    def _take(self, place: Standing, answer: Answer, at: datetime) -> Standing:
        if place.is_final or answer.user in self.barred() or answer.on_behalf_of in self.barred():
            return place
        if answer.kind == "escalate":
            return self._asked_by_hand(place, answer, at)
        if answer.kind == "reassign":
            return self._reassigned(place, answer, at)
        if answer.override:
            state = State.continued if answer.kind == "continue" else State.cancelled
            return replace(place, state=state, code="override", since=at)
        if place.state is not State.pending or answer.user is None:
            return place
        owner = answer.user if answer.on_behalf_of is None else answer.on_behalf_of
        if owner not in self.still_open(place, at) or any(user == answer.user for user, _, _ in place.said):
            return place
        return replace(place, said=(*place.said, (answer.user, owner, answer.kind == "continue")))

    def _asked_by_hand(self, place: Standing, answer: Answer, at: datetime) -> Standing:
        people = answer.to_users - self.barred()
        if not people:
            return place
        return replace(
            place,
            state=State.pending,
            code="waiting",
            since=at,
            said=(),
            people=people,
            is_by_hand=True,
        )

    def _reassigned(self, place: Standing, answer: Answer, at: datetime) -> Standing:
        owner = answer.user if answer.on_behalf_of is None else answer.on_behalf_of
        seats = self.still_open(place, at)
        given = seats if answer.override else seats & {owner}
        people = answer.to_users - self.barred()
        if not people or not (given or answer.override):
            return place
        return replace(place, state=State.pending, code="waiting", people=(place.people - given) | people)

    def _settle(self, place: Standing, at: datetime) -> Standing:
        if place.state is not State.pending:
            return place
        match self._outcome(place, at):
            case None:
                return place
            case "approved":
                return self._next_stage(place, at, "approved")
            case "too_few":
                return self._too_few(place, at)
            case "rejected" | "undecided" as code:
                return replace(place, state=State.cancelled, code=code, since=at)

    def needed(self, place: Standing, at: datetime) -> int:
        """How many more have to say continue."""
        return still_needed(self._rules(place)[0], self._tally(place, at))

    def _outcome(self, place: Standing, at: datetime) -> Outcome | None:
        return outcome(*self._rules(place), self._tally(place, at))

    def _rules(self, place: Standing) -> tuple[Approval, Rejection]:
        level = self._level(place)
        return ASKED_BY_HAND if place.is_by_hand else (level.approval, level.rejection)

    def _tally(self, place: Standing, at: datetime) -> Tally:
        asked = self.asked(place, at)
        votes = [is_yes for _, owner, is_yes in place.said if owner in asked]
        return Tally(votes.count(True), votes.count(False), len(asked) - len(votes))

    def _next_stage(self, place: Standing, at: datetime, code: str) -> Standing:
        if place.stage + 1 == len(self.policy.stages):
            return replace(place, state=State.continued, code=code, since=at)
        return self._enter(place, place.stage + 1, 0, at)

    def _too_few(self, place: Standing, at: datetime) -> Standing:
        levels = len(self.policy.stages[place.stage].levels)
        if not place.is_by_hand and place.level + 1 < levels:
            return self._enter(place, place.stage, place.level + 1, at)
        rule = self.policy.auto.nobody_to_ask
        if not place.people and rule == "continue":
            return self._next_stage(place, at, "nobody_to_ask")
        if not place.people and rule == "cancel":
            return replace(place, state=State.cancelled, code="nobody_to_ask", since=at)
        return replace(place, state=State.unsatisfiable, code="too_few", since=at)
