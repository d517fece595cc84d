import type { AppCard, AppDetail } from '@imperal/contract'
import { t } from '../../i18n/index.ts'
import { counted } from '../parts/figures.ts'

/** What an app costs, in two words. */
export function priceOf(app: Pick<AppCard, 'pricing_model'>): string {
  if (app.pricing_model === 'free') return t('Free')
  return app.pricing_model === 'subscription' ? t('Subscription') : t('Per action')
}

/** The same in figures, where they are known. */
export function exactPriceOf(app: AppDetail): string {
  const month = app.pricing_config.monthly_price
  if (app.pricing_model === 'subscription' && typeof month === 'number')
    return t('{credits} a month', { credits: counted(month, 'credit') })
  const prices = app.tools.map((tool) => tool.price)
  const most = Math.max(0, ...prices)
  if (app.pricing_model !== 'per_action' || most === 0) return priceOf(app)
  return t('up to {credits} a call', { credits: counted(most, 'credit') })
}

export interface Reach {
  readonly scope: string
  readonly icon: string
  readonly title: string
  readonly detail: string
}

const KNOWN: Readonly<Record<string, readonly [icon: string, title: string, detail: string]>> = {
  '*': ['ShieldAlert', t('Everything your account may do'), t('The app declares no limits of its own.')],
  'ai:complete': [
    'MessageSquareText',
    t('Language model'),
    t('Sends text to the model that you or the operator chose.'),
  ],
  'notify:push': ['Bell', t('Notifications'), t('Shows messages in your bell.')],
  store: ['Database', t('Documents of its own'), t('Kept apart from every other app and user.')],
  storage: ['Folder', t('Files of its own'), t('Kept apart from every other app and user.')],
  config: ['Settings', t('Settings of its own'), ''],
  mail: ['Mail', t('Mail'), t('Reads and sends in your name.')],
  billing: ['Wallet', t('Wallet'), t('Sees balance and movements.')],
  extensions: ['Blocks', t('Other apps'), t('Calls functions of apps that you have installed.')],
  admin: ['Shield', t('Administration'), t('Works only for administrators.')],
}

const OWN: Readonly<Record<string, readonly [icon: string, title: string, detail: string]>> = {
  read: ['Eye', t('Read'), t('Looks at what you keep in it.')],
  write: ['PencilLine', t('Write'), t('Creates and changes what you keep in it.')],
  destructive: ['Trash2', t('Delete'), t('Deletes what you keep in it, and asks you first.')],
}

/** What a scope lets an app touch, in words. */
export function reachOf(scope: string, appId: string): Reach {
  const [resource = scope, verb = ''] = scope.replace('.', ':').split(':')
  const words = KNOWN[scope] ?? (resource === appId ? OWN[verb] : KNOWN[resource])
  if (!words)
    return { scope, icon: 'Key', title: scope, detail: t('Functions that need the scope {scope}.', { scope }) }
  const [icon, title, detail] = words
  return { scope, icon, title, detail }
}

const INSIDE = new Set(['ai', 'notify', 'store', 'storage', 'config'])

/** Whether a scope reaches nothing but the app's own data and the services of the platform. */
export function staysInside(scope: string, appId: string): boolean {
  const [resource = ''] = scope.split(/[:.]/)
  return resource === appId || INSIDE.has(resource)
}
