"""A customer's pages: own servers, balance and tickets. Whoever else owns such things sees the own ones here."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from inventory.pages.own_forms import MessageForm, TicketForm
from inventory.services import own, tickets

PAGE_SIZE = 25


@page(Permission.view_own)
def server_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Own servers, by name, with what is to be paid next and what is left."""
    context = {
        "page": Paginator(own.own_servers(actor), PAGE_SIZE).get_page(request.GET.get("page")),
        "balance": own.own_balance(actor),
        "open_tickets": own.count_open_tickets(actor),
    }
    return render(request, "inventory/own/server_list.html", context)


@page(Permission.view_own)
def server(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """An own server, with its interfaces and charges."""
    return render(request, "inventory/own/server.html", {"server": one(own.own_servers(actor), pk)})


@page(Permission.view_own)
def balance(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is left, and every change of it, newest first."""
    found = own.own_balance(actor)
    entries = found.entries.all() if found else ()
    shown = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "inventory/own/balance.html", {"balance": found, "page": shown})


@page(Permission.view_own)
def ticket_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Own tickets, the newest change first."""
    shown = Paginator(own.own_tickets(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "inventory/own/ticket_list.html", {"page": shown})


@page(Permission.write_tickets, "GET POST")
def ticket_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = TicketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            made = tickets.writer.create(
                actor=actor, values={**form.cleaned_data, "creator_id": actor.user_id}
            )
            messages.success(request, "The ticket is open. We answer here.")
            return redirect("inventory:own-ticket", made.pk)
    return render(request, "inventory/own/ticket_new.html", {"form": form})


@page((Permission.view_own, Permission.write_tickets), "GET POST")
def ticket(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """An own ticket with its messages; a POST writes one more."""
    found = one(own.own_tickets(actor), pk)
    form = MessageForm(request.POST or None)
    if request.method == "POST":
        actor.need(Permission.write_tickets)
        if form.is_valid():
            with problems_into(form):
                tickets.add_message(found, actor=actor, content=form.cleaned_data["content"])
                messages.success(request, "Your answer is sent.")
                return redirect("inventory:own-ticket", pk)
    context = {
        "ticket": found,
        "talk": own.talk_of(found),
        "form": form,
        "may_write": actor.may(Permission.write_tickets),
    }
    return render(request, "inventory/own/ticket.html", context)
