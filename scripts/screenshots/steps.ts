import type { Page } from 'playwright-core'

/** What is done on a page before its picture is taken. */
export type Step = (page: Page, isPhone: boolean) => Promise<unknown>

/** Clicks a button by its name. */
export const press =
  (name: string): Step =>
  (page) =>
    page.getByRole('button', { name, exact: true }).first().click()

const type = async (page: Page, words: string): Promise<void> => {
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type(words)
}

export const openPalette: Step = (page) => type(page, 'no')

export const chooseFunction: Step = async (page) => {
  await type(page, 'create note')
  await page.getByRole('option', { name: /^Create note/ }).click()
  await page.getByRole('dialog').getByRole('textbox').first().waitFor()
}

export const openConversations: Step = press('Conversations')
// By place, not by name: these are opened in every language.
export const openBell: Step = (page) => page.locator('button.bar-button:not(.theme-toggle)').last().click()
export const openUserMenu: Step = (page) => page.locator('.avatar-button').click()
export const showApps: Step = (page) => page.locator('.bottom-bar button').first().click()

const showPanel = async (page: Page): Promise<void> => page.locator('.bottom-bar button').nth(1).click()
const rowOf = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text }).first()

export const openRowMenu: Step = async (page) => {
  await showPanel(page)
  await rowOf(page, 'Reading list').getByRole('button', { name: 'More actions' }).click()
}

/** Asks for a deletion and leaves the question open. */
export const askToDelete: Step = async (page, isPhone) => {
  const row = rowOf(page, 'Reading list')
  if (isPhone) {
    await showPanel(page)
    await row.locator('.im-row-coarse button').click()
    await page.getByRole('menuitem').last().click()
  } else {
    await row.hover()
    await row.locator('.im-row-inline button').last().click()
  }
  await page.getByRole('alertdialog').waitFor()
}

/** Answers the open question with its safe button, which is the first one. */
export async function closeQuestion(page: Page): Promise<void> {
  await page.locator('.confirmation-foot button').first().click()
}

export const openTrace: Step = async (page) => {
  await page.locator('.pg-ledger-link').first().click()
  await page.getByRole('dialog').waitFor()
}

export const tryFunction: Step = (page) => page.getByRole('tab', { name: 'Try out' }).click()

export const editRole: Step = press('New role')

/** Says something in a new conversation and waits for the answer. */
export const askInChat =
  (text: string, { details = false } = {}): Step =>
  async (page) => {
    await page.getByRole('button', { name: /^(New conversation|Neues Gespräch|محادثة جديدة)/ }).click()
    await page.locator('#composer').fill(text)
    await page.locator('#composer').press('Enter')
    const answer = page.locator('.trace, .confirmation-card, .im-alert').first()
    await answer.waitFor()
    if (details) await page.locator('button.trace').first().click()
  }

interface Wire {
  messages: { message_id: string; role: string; text: string; status: string; actions: unknown[] }[]
}

/** The last answer as it looks while its words arrive: the server's own answer, held in the middle. */
export const answerInPieces: Step = async (page) => {
  await page.route('**/v1/chat/messages?*', async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as Wire
    const last = body.messages.findLast(({ role }) => role === 'assistant')
    if (last) Object.assign(last, { status: 'processing', text: `${last.text.slice(0, 40)} …`, status_text: 'Reading' })
    await route.fulfill({ response, json: body })
  })
  await page.reload()
  await page.locator('#composer').waitFor()
  await page.locator('.chat-item').last().waitFor()
}

const SENTENCE = 'The server is busy. Try again in a minute.'
const TROUBLE = {
  error: 'UNAVAILABLE',
  status: 503,
  message: SENTENCE,
  detail: SENTENCE,
  request_id: 'req_demonstration',
}

/** Lets calls to an address fail as a server in trouble does. */
export const breakCalls = Object.assign(
  (address: string) => (page: Page) => page.route(address, (route) => route.fulfill({ status: 503, json: TROUBLE })),
  { mend: (page: Page) => page.unrouteAll({ behavior: 'ignoreErrors' }) },
)
