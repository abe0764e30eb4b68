"""The tables of flows, events and runs."""

from flows.models.errand import Errand
from flows.models.event import Event, EventTypeDefinition
from flows.models.first_steps import FirstSteps
from flows.models.flow import Flow, FlowVersion, Generation, Hook, PublishedVersionChanged, Trigger
from flows.models.run import LogLine, QueueEntry, Run, Step

__all__ = [
    "Errand",
    "Event",
    "EventTypeDefinition",
    "FirstSteps",
    "Flow",
    "FlowVersion",
    "Generation",
    "Hook",
    "LogLine",
    "PublishedVersionChanged",
    "QueueEntry",
    "Run",
    "Step",
    "Trigger",
]
