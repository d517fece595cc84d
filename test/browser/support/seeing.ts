import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** How long anything on the screen is waited for, in milliseconds: the machine may be shared and slow. */
export const PATIENCE = 60_000
/** For whole stories with several people. */
export const STORY_TIMEOUT = 400_000

/** Waits until it can be seen. */
export const shown = (locator: Locator, patience = PATIENCE): Promise<void> =>
  locator.waitFor({ state: 'visible', timeout: patience })

/** Waits until it cannot be seen any more. What lies below a dialog counts as unseen: wait for the dialog's end first. */
export const gone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'hidden', timeout: PATIENCE })

/** Waits until it has the focus. */
export async function focused(locator: Locator): Promise<void> {
  const hasFocus = () => locator.evaluate((element) => element.matches(':focus'))
  await expect.poll(hasFocus, { timeout: PATIENCE, message: `${locator} has the focus` }).toBe(true)
}

/** Waits until a value of the page is the wanted one. */
export async function becomes<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  await expect.poll(read, { timeout: PATIENCE }).toEqual(wanted)
}

/** A property of the element in the page, such as the time that a film has come to. */
export const propertyOf = (locator: Locator, name: string): Promise<unknown> =>
  locator.evaluate((element, key) => (element as unknown as Record<string, unknown>)[key], name) // read by name, whatever the element is

/** A mark that a reload of the page would take away. */
export async function withoutReload(page: Page, work: () => Promise<void>): Promise<void> {
  const loadedAt = () => page.evaluate(() => performance.timeOrigin)
  const before = await loadedAt()
  await work()
  expect(await loadedAt(), 'the page was loaded again').toBe(before)
}
