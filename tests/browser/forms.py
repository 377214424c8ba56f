"""Filling in the playground's forms as a user does."""

import re

from playwright.sync_api import Locator, Page, expect


def open_form(page: Page, model: str) -> None:
    page.goto(f"/console/playground?model={model}")
    expect(page.locator(".pg-model code")).to_have_text(model)


def field(page: Page, path: str) -> Locator:
    return page.locator(f'[data-path="{path}"]')


def prompt(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Prompt"))


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()


def order_one_small_picture(page: Page, text: str = "a cat") -> None:
    open_form(page, "wan2.5-t2i-preview")
    prompt(page).fill(text)
    field(page, "parameters.size").get_by_label("Width").fill("768")
    field(page, "parameters.size").get_by_label("Height").fill("768")
    field(page, "parameters.n").locator("[type=number]").fill("1")
