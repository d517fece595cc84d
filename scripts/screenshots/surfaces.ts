import type { Page } from 'playwright-core'

/** A place of the panel that has a picture. */
export interface Surface {
  readonly name: string
  readonly address: string
  /** Whoever is not signed in sees it. */
  readonly isOpen?: boolean
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page, isPhone: boolean) => Promise<void>
}

const place = (name: string, address: string, more: Partial<Surface> = {}): Surface => ({ name, address, ...more })

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('no')
}

/** Asks for a deletion and leaves the question open. */
async function askToDelete(page: Page, isPhone: boolean): Promise<void> {
  if (isPhone) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Panel' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'Reading list' }).first()
  if (isPhone) {
    await row.getByRole('button', { name: 'More actions' }).click()
    return page.getByRole('menuitem', { name: 'Delete' }).click()
  }
  await row.hover()
  await row.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('alertdialog').waitFor()
}

/** Every surface of the panel; `ids` come from the demonstration data. */
export function surfacesOf(ids: { readonly noteId: string; readonly draft: string }): readonly Surface[] {
  const settings = ['profile', 'ai', 'confirmations', 'notifications', 'keys', 'devices']
  const admin = ['health', 'reviews', 'people', 'roles', 'tenants', 'money', 'audit']
  const wallet = ['movements', 'usage', 'plans', 'credits', 'payments']
  const apps = ['tasks', 'calendar', 'memory', 'files', 'web', 'webhooks-inbox', 'automations', 'developer', 'admin']
  return [
    place('sign-in', '/sign-in', { isOpen: true }),
    place('sign-up', '/sign-up', { isOpen: true }),
    place('forgot-password', '/forgot-password', { isOpen: true }),
    place('reset-password', '/reset-password?token=demonstration', { isOpen: true }),
    place('gallery', '/gallery', { isOpen: true }),
    place('gallery-list', '/gallery/List', { isOpen: true }),
    place('assistant', '/'),
    place('palette', '/', { prepare: openPalette }),
    place('app-notes', '/ext/notes'),
    place('app-notes-note', `/ext/notes/note?note_id=${ids.noteId}`),
    place('app-notes-new', '/ext/notes/new_note'),
    place('confirmation', '/ext/notes', { prepare: askToDelete }),
    ...apps.map((app) => place(`app-${app}`, `/ext/${app}`)),
    place('app-automations-build', '/ext/automations/build'),
    place('secrets', '/ext/tasks/secrets'),
    place('marketplace', '/marketplace'),
    place('marketplace-app', '/marketplace/notes'),
    place('marketplace-installed', '/marketplace?view=installed'),
    place('activity', '/activity'),
    ...settings.map((section) => place(`settings-${section}`, `/settings/${section}`)),
    ...wallet.map((section) => place(`wallet-${section}`, `/wallet/${section}`)),
    place('developer-apps', '/developer/apps'),
    place('developer-earnings', '/developer/earnings'),
    place('developer-app', `/developer/apps/${ids.draft}`),
    place('developer-logs', `/developer/apps/${ids.draft}?tab=logs`),
    place('developer-listing', `/developer/apps/${ids.draft}?tab=listing`),
    place('developer-document', `/developer/apps/${ids.draft}/document`),
    ...admin.map((section) => place(`admin-${section}`, `/admin/${section}`)),
    place('device', '/device'),
    place('not-found', '/no/such/place'),
  ]
}
