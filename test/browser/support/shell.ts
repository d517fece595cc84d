import type { Locator } from 'playwright-core'
import { messageField } from './people.ts'
import { gone, shown } from './seeing.ts'
import type { Visitor } from './stage.ts'

/** Shows the apps, the panel or the chat where only one of them fits; wider windows show everything. */
export async function showView({ page, isPhone }: Visitor, view: 'Apps' | 'Panel' | 'Chat'): Promise<void> {
  if (isPhone) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click()
}

/** Goes to a page of the host by its link. */
export async function openSection(visitor: Visitor, name: string): Promise<void> {
  await showView(visitor, 'Apps')
  const place = visitor.page.getByRole('navigation', { name: visitor.isPhone ? 'Apps' : 'Sections' })
  await place.getByRole('link', { name }).click()
}

/** Opens an installed app by its entry in the rail, or in the list of a phone. */
export async function openApp(visitor: Visitor, name: string): Promise<void> {
  await showView(visitor, 'Apps')
  await visitor.page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name }).click()
}

export const leftPanel = ({ page }: Visitor, app: string): Locator =>
  page.getByRole('region', { name: `${app}, left panel` })
export const centerPanel = ({ page }: Visitor, app: string): Locator =>
  page.getByRole('region', { name: `${app}, center panel` })

/** A row of a list by its title. */
export const row = (panel: Locator, title: string): Locator => panel.getByRole('listitem').filter({ hasText: title })

/** Chooses an action of a row as a mouse or a finger does. */
export async function rowAction(visitor: Visitor, of: Locator, action: string): Promise<void> {
  if (visitor.isPhone) {
    await of.getByRole('button', { name: 'More actions' }).click()
    return visitor.page.getByRole('menuitem', { name: action }).click()
  }
  await of.hover()
  await of.getByRole('button', { name: action, exact: true }).click()
}

/** Says something in the chat. */
export async function say(visitor: Visitor, text: string): Promise<void> {
  await showView(visitor, 'Chat')
  await shown(messageField(visitor))
  await messageField(visitor).fill(text)
  // A field of a panel may have a button of the same name.
  const composer = visitor.page.locator('form', { has: messageField(visitor) })
  await composer.getByRole('button', { name: 'Send', exact: true }).click()
}

/** Fills the form for a new note and creates it; then the note stands where its form was. */
export async function writeNote(visitor: Visitor, note: { readonly title: string; readonly text: string }) {
  await showView(visitor, 'Panel')
  await leftPanel(visitor, 'Notes').getByRole('button', { name: 'New note' }).click()
  const form = centerPanel(visitor, 'Notes')
  const title = form.getByRole('textbox', { name: /^Title/ })
  await title.fill(note.title)
  await form.getByRole('textbox', { name: 'Text' }).fill(note.text)
  await form.getByRole('button', { name: 'Create note' }).click()
  await shown(form.getByRole('heading', { name: note.title }))
  await gone(title)
  await form.getByRole('button', { name: visitor.isPhone ? 'Back' : 'Close panel' }).click()
}
