import type { AppCard } from '@imperal/contract'

/** What an app costs, in two words. */
export function priceOf(app: Pick<AppCard, 'pricing_model'>): string {
  if (app.pricing_model === 'free') return 'Free'
  return app.pricing_model === 'subscription' ? 'Subscription' : 'Per action'
}

export interface Reach {
  readonly scope: string
  readonly icon: string
  readonly title: string
  readonly detail: string
}

const KNOWN: Readonly<Record<string, readonly [icon: string, title: string, detail: string]>> = {
  '*': ['ShieldAlert', 'Everything your account may do', 'The app declares no limits of its own.'],
  'ai:complete': ['MessageSquareText', 'Language model', 'Sends text to the model that you or the operator chose.'],
  'notify:push': ['Bell', 'Notifications', 'Shows messages in your bell.'],
  store: ['Database', 'Documents of its own', 'Kept apart from every other app and user.'],
  storage: ['Folder', 'Files of its own', 'Kept apart from every other app and user.'],
  config: ['Settings', 'Settings of its own', ''],
  mail: ['Mail', 'Mail', 'Reads and sends in your name.'],
  billing: ['Wallet', 'Wallet', 'Sees balance and movements.'],
  extensions: ['Blocks', 'Other apps', 'Calls functions of apps that you have installed.'],
  admin: ['Shield', 'Administration', 'Works only for administrators.'],
}

const OWN: Readonly<Record<string, readonly [icon: string, title: string, detail: string]>> = {
  read: ['Eye', 'Read', 'Looks at what you keep in it.'],
  write: ['PencilLine', 'Write', 'Creates and changes what you keep in it.'],
  destructive: ['Trash2', 'Delete', 'Deletes what you keep in it, and asks you first.'],
}

/** What a scope lets an app touch, in words. */
export function reachOf(scope: string, appId: string): Reach {
  const [resource = scope, verb = ''] = scope.replace('.', ':').split(':')
  const words = KNOWN[scope] ?? (resource === appId ? OWN[verb] : KNOWN[resource])
  if (!words) return { scope, icon: 'Key', title: scope, detail: `Functions that need the scope ${scope}.` }
  const [icon, title, detail] = words
  return { scope, icon, title, detail }
}

const INSIDE = new Set(['ai', 'notify', 'store', 'storage', 'config'])

/** Whether a scope reaches nothing but the app's own data and the services of the platform. */
export function staysInside(scope: string, appId: string): boolean {
  const [resource = ''] = scope.split(/[:.]/)
  return resource === appId || INSIDE.has(resource)
}
