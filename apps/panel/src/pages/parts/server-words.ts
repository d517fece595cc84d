import { CATEGORY_CATALOG } from '@imperal/contract'
import { t } from '../../i18n/index.ts'

type Words = Readonly<Record<string, string>>

/** A word of the server in the person's language; one of a newer server, without its underscores. */
const wordOf =
  (words: Words) =>
  (name: string): string =>
    Object.hasOwn(words, name) ? (words[name] as string) : name.replaceAll('_', ' ') // it is its own key by the test before

/** Where a call came from. */
export const sourceWord = wordOf({
  chat: t('chat'),
  panel: t('panel'),
  webhook: t('webhook'),
  automation: t('automation'),
  schedule: t('schedule'),
  api: 'API',
  mcp: 'MCP',
})

/** Whether somebody was asked before a call ran. */
export const confirmationWord = wordOf({
  user_accepted: t('accepted by the person'),
  not_required: t('not needed'),
  pre_authorised: t('agreed to beforehand'),
  bypassed: t('skipped by the rules of the installation'),
  user_cancelled: t('refused by the person'),
  expired: t('not answered in time'),
})

/** For how long the line of a call is kept. */
export const retentionWord = wordOf({
  standard_90d: t('for 90 days'),
  federal_7y: t('for 7 years'),
  security_forever: t('for good'),
})

/** How a payment stands. */
export const paymentWord = wordOf({
  pending: t('waits'),
  completed: t('paid'),
  failed: t('failed'),
  refunded: t('given back'),
})

/** What a payment was for. */
export const purchaseWord = wordOf({
  topup: t('Credits'),
  auto_topup: t('Automatic top-up'),
  subscription: t('Plan'),
  upgrade: t('Change of the plan'),
  renewal: t('Renewal of the plan'),
})

const METERS: Words = {
  actions: t('Actions'),
  extensions: t('Extensions'),
  automations: t('Automations'),
  credits: t('Credits'),
  storage: t('Storage'),
}

/** What a plan counts: `monthly_actions` of an operator reads "Monthly actions". */
export function meterName(name: string): string {
  const word = wordOf(METERS)(name)
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const CATEGORIES: Words = {
  productivity: t('Productivity'),
  communication: t('Communication'),
  business: t('Business'),
  finance: t('Finance'),
  marketing: t('Marketing'),
  sales: t('Sales'),
  'developer-tools': t('Developer tools'),
  data: t('Data and analytics'),
  automation: t('Automation'),
  integrations: t('Integrations'),
  security: t('Security'),
  lifestyle: t('Lifestyle'),
  health: t('Health and fitness'),
  education: t('Education'),
  media: t('Media'),
  travel: t('Travel'),
  general: t('General'),
  system: t('System'),
}
const GROUPS: Words = { work: t('Work'), build: t('Build'), life: t('Life'), other: t('Other') }

/** The category of an app. */
export const categoryWord = wordOf(CATEGORIES)

/** The categories of the marketplace in their groups, named in the person's language. */
export const CATEGORIES_BY_GROUP = CATEGORY_CATALOG.groups.map((group) => ({
  name: wordOf(GROUPS)(group.id),
  categories: group.categories.map(({ id, icon }) => ({ id, icon, name: categoryWord(id) })),
}))

const ROLES: Words = { admin: t('Administrator'), user: t('User'), viewer: t('Viewer') }

/** A role: those of the platform in the person's language, another one by the name that its maker gave it. */
export const roleWord = (name: string, displayName = ''): string =>
  Object.hasOwn(ROLES, name) ? (ROLES[name] as string) : displayName || name // it is its own key by the test before

const SCOPES: Words = {
  '*': t('Everything'),
  'admin:users': t('Administer users'),
  'admin:billing': t('Administer billing'),
  'admin:extensions': t('Administer extensions'),
  'store:read': t('Read documents of extensions'),
  'store:*': t('Read and write documents of extensions'),
  'storage:read': t('Read files of extensions'),
  'storage:*': t('Read and write files of extensions'),
  'config:read': t('Read configuration'),
  'ai:complete': t('Use the model'),
  'notify:push': t('Send notifications'),
  'billing:read': t('See balance and usage'),
  'billing:*': t('See and change plan and wallet'),
  'extensions:read': t('Call what reads, in every app'),
  'extensions:write': t('Call what writes, in every app'),
  'extensions:destructive': t('Call what cannot be undone, in every app'),
  'extensions:*': t('Call every function of every app'),
  'voice:use': t('Speak and be spoken to'),
  'connectors:use': t('Use connectors'),
  'connections:use': t('Use connections'),
}

/** What a scope of the platform allows; undefined for those of apps and tenants, which bring their own words. */
export const scopeWord = (name: string): string | undefined => (Object.hasOwn(SCOPES, name) ? SCOPES[name] : undefined)
