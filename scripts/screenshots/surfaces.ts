import type { Page } from 'playwright-core'
import {
  answerInPieces,
  askInChat,
  askToDelete,
  breakCalls,
  chooseFunction,
  closeQuestion,
  editRole,
  openBell,
  openConversations,
  openPalette,
  openRowMenu,
  openTrace,
  openUserMenu,
  press,
  type Step,
  showApps,
  tryFunction,
} from './steps.ts'

/** A place of the panel that has a picture. */
export interface Surface {
  readonly name: string
  readonly address: string
  /** Who looks: nobody who is signed in, the person of the demonstration (the usual one), or somebody who came a minute ago. */
  readonly as?: 'visitor' | 'newcomer'
  /** A picture in that language besides the English one, at the sizes of `IN_OTHER_LANGUAGES`. */
  readonly languages?: readonly ('de' | 'ar')[]
  readonly onlyOn?: 'phone' | 'desktop'
  /** What is done before the page is opened, and before the picture is taken. */
  readonly before?: (page: Page) => Promise<unknown>
  readonly prepare?: Step
  /** What is done afterwards, so that the next picture finds everything as it was. */
  readonly after?: (page: Page) => Promise<void>
  /** It shows something that is under way, which does not become calm. */
  readonly busy?: boolean
}

/** What surfaces need of the demonstration data. */
export interface Ids {
  readonly noteId: string
  readonly draft: string
  readonly ruleId: number
}

const place = (name: string, address: string, more: Partial<Surface> = {}): Surface => ({ name, address, ...more })
const spoken = { languages: ['de', 'ar'] as const }

const openToAll: readonly Surface[] = [
  place('sign-in', '/sign-in', { as: 'visitor', ...spoken }),
  place('sign-up', '/sign-up', { as: 'visitor' }),
  place('verify-email', '/verify-email', { as: 'visitor' }),
  place('forgot-password', '/forgot-password', { as: 'visitor' }),
  place('reset-password', '/reset-password?token=demonstration', { as: 'visitor' }),
  place('sign-in-refused', '/sign-in', { as: 'visitor', prepare: press('Sign in') }),
  place('gallery', '/gallery', { as: 'visitor' }),
  place('gallery-list', '/gallery/List', { as: 'visitor' }),
]

const workspace = ({ noteId, ruleId }: Ids): readonly Surface[] => [
  place('assistant', '/', spoken),
  place('palette', '/', { prepare: openPalette, ...spoken }),
  place('function-form', '/', { prepare: chooseFunction }),
  place('conversations', '/', { prepare: openConversations }),
  place('bell', '/', { prepare: openBell, ...spoken }),
  place('user-menu', '/', { prepare: openUserMenu, ...spoken }),
  place('phone-apps', '/', { onlyOn: 'phone', prepare: showApps, ...spoken }),
  place('app-notes', '/ext/notes', spoken),
  place('app-notes-note', `/ext/notes/note?note_id=${noteId}`, { languages: ['ar'] }),
  place('app-notes-new', '/ext/notes/new_note'),
  place('row-menu', '/ext/notes', { onlyOn: 'phone', prepare: openRowMenu }),
  place('confirmation', '/ext/notes', { prepare: askToDelete, after: closeQuestion, ...spoken }),
  ...['tasks', 'calendar', 'memory', 'files', 'mail', 'web', 'webhooks-inbox', 'notifications', 'marketplace'].map(
    (app) => place(`app-${app}`, `/ext/${app}`),
  ),
  ...['automations', 'developer', 'admin', 'billing'].map((app) => place(`app-${app}`, `/ext/${app}`)),
  place('app-automations-build', '/ext/automations/build'),
  place('app-automations-form', '/ext/automations/build?event_type=tasks.completed&function=notes/create_note'),
  place('app-automations-rule', `/ext/automations/rule?rule_id=${ruleId}`),
  place('app-missing', '/ext/no-such-app'),
  place('secrets', '/ext/mail/secrets'),
]

const pages = ({ draft }: Ids): readonly Surface[] => [
  place('marketplace', '/marketplace', spoken),
  place('marketplace-category', '/marketplace?category=communication'),
  place('marketplace-nothing', '/marketplace?search=zeppelin'),
  place('marketplace-app', '/marketplace/notes', spoken),
  place('marketplace-reviews', '/marketplace/notes', {
    prepare: (page) => page.getByRole('region', { name: /^Reviews/ }).scrollIntoViewIfNeeded(),
  }),
  place('marketplace-installed', '/marketplace?view=installed'),
  place('activity', '/activity', spoken),
  place('activity-trace', '/activity', { prepare: openTrace }),
  ...['profile', 'ai', 'usage', 'confirmations', 'notifications', 'keys', 'devices'].map((section) =>
    place(`settings-${section}`, `/settings/${section}`, section === 'profile' ? spoken : {}),
  ),
  ...['movements', 'usage', 'plans', 'credits', 'payments'].map((section) =>
    place(`wallet-${section}`, `/wallet/${section}`, spoken),
  ),
  place('developer-apps', '/developer/apps', spoken),
  place('developer-earnings', '/developer/earnings'),
  place('developer-app', `/developer/apps/${draft}`, spoken),
  ...['deploys', 'logs', 'listing'].map((tab) => place(`developer-${tab}`, `/developer/apps/${draft}?tab=${tab}`)),
  place('developer-document', `/developer/apps/${draft}/document`),
  place('developer-try-out', `/developer/apps/${draft}/document`, { prepare: tryFunction }),
  ...['health', 'reviews', 'people', 'roles', 'tenants', 'money', 'models', 'audit'].map((section) =>
    place(`admin-${section}`, `/admin/${section}`, section === 'people' || section === 'money' ? spoken : {}),
  ),
  place('admin-role', '/admin/roles', { prepare: editRole }),
  place('device', '/device'),
  place('not-found', '/no/such/place'),
]

const newcomer: readonly Surface[] = [
  place('empty-assistant', '/', { as: 'newcomer', ...spoken }),
  ...['automations', 'tasks', 'files'].map((app) => place(`empty-${app}`, `/ext/${app}`, { as: 'newcomer' })),
  place('empty-activity', '/activity', { as: 'newcomer' }),
  place('empty-payments', '/wallet/payments', { as: 'newcomer' }),
  place('empty-developer', '/developer/apps', { as: 'newcomer' }),
  place('empty-admin', '/admin', { as: 'newcomer' }),
]

const troubled: readonly Surface[] = [
  place('failed-pane', '/ext/notes', { before: breakCalls('**/v1/extensions/notes/**'), after: breakCalls.mend }),
  place('failed-page', '/marketplace', { before: breakCalls('**/v1/marketplace/apps?*'), after: breakCalls.mend }),
  place('failed-shell', '/', { before: breakCalls('**/v1/me/extensions*'), after: breakCalls.mend }),
  place('offline', '/ext/notes', {
    before: breakCalls('**/v1/events/stream*'),
    prepare: (page) => page.locator('.offline').waitFor(),
    after: breakCalls.mend,
  }),
]

/** In a conversation of its own each, and last: the next page opens the conversation that was open. */
const talks = ({ noteId }: Ids): readonly Surface[] => [
  place('chat-confirmation', '/', {
    prepare: askInChat(`/notes.delete_note {"note_id": "${noteId}"}`),
    after: closeQuestion,
    languages: ['ar'],
  }),
  place('chat-failed', '/', { prepare: askInChat('/notes.get_note {"note_id": "no-such-note"}') }),
  place('chat-details', '/', { prepare: askInChat('list my tasks', { details: true }) }),
  place('chat-streaming', '/', { prepare: answerInPieces, after: breakCalls.mend, busy: true }),
]

/** Every surface of the panel; `ids` come from the demonstration data. */
export const surfacesOf = (ids: Ids): readonly Surface[] => [
  ...openToAll,
  ...workspace(ids),
  ...pages(ids),
  ...newcomer,
  ...troubled,
  ...talks(ids),
]
