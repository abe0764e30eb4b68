"""A policy is written in the browser: its stages move, its meaning follows, its try answers."""

import re

from playwright.sync_api import Page, expect


def test_a_policy_is_written_tried_and_saved(page: Page):
    page.goto("/policies/")
    page.get_by_role("link", name="New policy").first.click()
    page.get_by_label("Name", exact=True).fill("Big changes")
    first = page.locator("#stage-0")
    first.get_by_label("Name of the stage").fill("Network")
    first.get_by_label("The platform's admins").check()
    expect(page.locator("#policy-preview")).to_contain_text("the platform's admins are asked")
    page.get_by_role("button", name="Add a stage").click()
    second = page.locator("#stage-1")
    second.get_by_label("Name of the stage").fill("Budget")
    second.get_by_label("The managers").check()
    page.get_by_role("button", name="Move stage 2 up").click()
    expect(page.locator("#stage-0").get_by_label("Name of the stage")).to_have_value("Budget")
    expect(page.locator("#stage-1").get_by_label("The platform's admins")).to_be_checked()
    page.locator("#stage-0").get_by_label("Deadline", exact=True).fill("2")
    page.locator("#stage-0").get_by_label("At the deadline").select_option("continue")
    preview = page.locator("#policy-preview")
    expect(preview).to_contain_text("If it is not decided within 2 hours, the stage counts as continued.")
    who = preview.get_by_label("Who", exact=True).first
    admin = who.locator("option").nth(1).get_attribute("value")
    who.select_option(admin)
    preview.get_by_label("After minutes").first.fill("30")
    preview.get_by_role("button", name="Try").click()
    expect(page.locator("#policy-preview")).to_contain_text(re.compile("says continue"))
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("link", name="Big changes")).to_be_visible()
