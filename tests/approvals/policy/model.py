"""A second, slow and simple reading of what a policy means: every minute, and all that people could answer."""

from fractions import Fraction
from itertools import product

YES, NO, OPEN = "yes", "no", "open"


def is_approved(rule, votes):
    yes = list(votes.values()).count(YES)
    return {
        "any": lambda: yes >= 1,
        "all": lambda: bool(votes) and set(votes.values()) == {YES},
        "count": lambda: yes >= rule.number,
        "percent": lambda: bool(votes) and Fraction(yes, len(votes)) >= Fraction(rule.number, 100),
        "everyone_any": lambda: OPEN not in votes.values() and YES in votes.values(),
    }[rule.kind]()


def is_rejected(rule, votes):
    no = list(votes.values()).count(NO)
    return {
        "any": lambda: no >= 1,
        "all": lambda: bool(votes) and set(votes.values()) == {NO},
        "count": lambda: no >= rule.number,
        "percent": lambda: bool(votes) and Fraction(no, len(votes)) >= Fraction(rule.number, 100),
        "impossible": lambda: False,
    }[rule.kind]()


def futures(votes):
    left = [one for one, vote in votes.items() if vote == OPEN]
    for rest in product((YES, NO), repeat=len(left)):
        yield {**votes, **dict(zip(left, rest, strict=True))}


def meaning(level, votes):
    anew = dict.fromkeys(votes, OPEN)
    if not any(is_approved(level.approval, future) for future in futures(anew)):
        return "too_few"
    if is_rejected(level.rejection, votes):
        return "rejected"
    if is_approved(level.approval, votes):
        return "approved"
    if any(is_approved(level.approval, future) for future in futures(votes)):
        return "waiting"
    if level.rejection.kind == "impossible":
        return "rejected"
    return "waiting" if any(is_rejected(level.rejection, one) for one in futures(votes)) else "undecided"


class Play:
    """One task, minute by minute. Answers are `(minute, user, owner, is_yes)`; `gone` is user to minute."""

    def __init__(self, policy, people, requester, gone):
        self.policy, self.people, self.gone = policy, people, gone
        self.barred = {requester} if policy.four_eyes else set()
        self.minute, self.state = 0, None
        self.stage = self.level = self.since = 0
        self.said = []
        self.look()

    def votes(self):
        said = {owner: YES if yes else NO for _, owner, yes in self.said}
        asked = self.people[self.stage][self.level] - self.barred
        return {
            one: said.get(one, OPEN)
            for one in asked
            if one in said or one not in self.gone or self.gone[one] > self.minute
        }

    def end(self, state, code):
        self.state = state, code, self.stage, self.level

    def forward(self, code):
        if self.stage + 1 == len(self.policy.stages):
            self.end("continued", code)
        else:
            self.stage, self.level, self.since, self.said = self.stage + 1, 0, self.minute, []
            self.look()

    def upward(self):
        self.level, self.since = self.level + 1, self.minute
        self.look()

    def look(self):
        stage = self.policy.stages[self.stage]
        found = meaning(stage.levels[self.level], self.votes())
        if found == "approved":
            self.forward("approved")
        elif found in ("rejected", "undecided"):
            self.end("cancelled", found)
        elif found == "too_few" and self.level + 1 < len(stage.levels):
            self.upward()
        elif found == "too_few":
            self.stuck()

    def stuck(self):
        rule = self.policy.auto.nobody_to_ask
        if self.people[self.stage][self.level] or rule == "escalate":
            self.end("unsatisfiable", "too_few")
        elif rule == "continue":
            self.forward("nobody_to_ask")
        else:
            self.end("cancelled", "nobody_to_ask")

    def tick(self):
        """The deadline of this minute, if there is one."""
        limit = self.policy.stages[self.stage].levels[self.level].deadline
        if self.state or limit is None or self.since + limit.after.minutes != self.minute:
            return
        {
            "continue": lambda: self.forward("deadline"),
            "cancel": lambda: self.end("cancelled", "deadline"),
            "fail": lambda: self.end("expired", "deadline"),
            "escalate": self.upward,
        }[limit.then]()

    def hear(self, user, owner, yes):
        spoken = {one for one, _, _ in self.said}
        if self.state or {user, owner} & self.barred or user in spoken:
            return
        if self.votes().get(owner) == OPEN:
            self.said.append((user, owner, yes))
            self.look()

    def until(self, now, answers):
        for minute in range(now + 1):
            self.minute = minute
            if minute:
                self.tick()
            for at, user, owner, yes in answers:
                if at == minute:
                    self.hear(user, owner, yes)
            if not self.state and minute in self.gone.values():
                self.look()
        return self.state or ("pending", "waiting", self.stage, self.level)
