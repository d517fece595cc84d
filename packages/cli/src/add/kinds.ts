import { cronProblem, effectiveActionType } from '@imperal/contract'
import type { KINDS } from '../commands/add.ts'
import { CliFailure } from '../failure.ts'
import { camelCase, headerCase, humanWords, sentence, snakeCase } from './words.ts'

export type Kind = (typeof KINDS)[number]

export interface AddOptions {
  readonly description?: string | undefined
  readonly action?: string | undefined
  readonly cron?: string | undefined
  readonly slot?: string | undefined
  readonly method?: string | undefined
}

/** The names that the code which is added uses, as the file writes them. */
export interface Names {
  readonly appId: string
  ext(): string
  chat(): string
  z(): string
  sdk(name: string): string
  /** A name that the file does not have yet. */
  free(wanted: string): string
}

export interface Addition {
  /** As the platform knows it. */
  readonly name: string
  /** In the style of this project's own code. */
  readonly code: string
  /** What the author does now. */
  readonly next: string
}

interface KindOfAddition {
  /** Options that mean something here. */
  readonly options: readonly (keyof AddOptions)[]
  /** The name that the platform gets. @throws CliFailure */
  name(given: string): string
  write(name: string, names: Names, options: AddOptions): Addition
}

const SLOTS = ['left', 'center', 'right', 'overlay', 'bottom', 'chat-sidebar']
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const ACTIONS = ['read', 'write', 'destructive'] as const
const DESTRUCTIVE = /delete|remove|send|trash|purge|pay/

function oneOf<T extends string>(what: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value)
  if (found !== undefined) return found
  throw new CliFailure(`'${value}' is no ${what}.`, { hint: `Choose ${allowed.join(', ')}.` })
}

/** Texts of people stand in code between quotes. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', ' ')}'`

function actionOf(name: string, given: string | undefined): (typeof ACTIONS)[number] {
  if (given !== undefined) return oneOf('action type', given, ACTIONS)
  return DESTRUCTIVE.test(name) ? 'destructive' : effectiveActionType(name, 'read')
}

/** `delete_note` is `delete:note`. */
function effectOf(name: string): string {
  const [verb = '', ...what] = name.split('_')
  return `${verb}:${what.join('_') || 'entry'}`
}

function changes(name: string, names: Names, action: (typeof ACTIONS)[number]): string {
  if (action === 'read') return ''
  return `
    actionType: '${action}',
    effects: ['${effectOf(name)}'],
    event: ${names.ext()}.emits('${names.appId}.${name}_done'),`
}

const addFunction: KindOfAddition = {
  options: ['description', 'action'],
  name: snakeCase,
  write(name, names, options) {
    const { description = `${sentence(name)}. Say here what goes in, what comes out and when to use it.` } = options
    const z = names.z()
    const code = `export const ${names.free(camelCase(name))} = ${names.chat()}.function(
  '${name}',
  {
    description: ${quoted(description)},${changes(name, names, actionOf(name, options.action))}
    params: ${z}.object({ text: ${z}.string().trim().min(1).max(200).describe('What it is about.') }),
    returns: ${z}.object({ text: ${z}.string() }),
  },
  (ctx, { text }) => {
    ctx.log(\`${name}: \${text}\`)
    return ${names.sdk('ActionResult')}.success({ text }, \`${sentence(name)}: \${text}\`)
  },
)`
    return { name, code, next: 'Say in its description what goes in, what comes out and when to use it.' }
  },
}

const addPanel: KindOfAddition = {
  options: ['slot', 'description'],
  name: snakeCase,
  write(name, names, options) {
    const slot = oneOf('panel slot', options.slot ?? 'left', SLOTS)
    const ui = names.sdk('ui')
    const title = sentence(name)
    const empty = `${ui}.Empty(${quoted(options.description ?? 'Nothing is here yet.')})`
    const tree = slot === 'center' ? `${ui}.Page([${empty}], { title: '${title}' })` : `${ui}.Stack([${empty}])`
    const code = `export const ${names.free(`${camelCase(name)}Panel`)} = ${names.ext()}.panel(
  '${name}',
  { slot: '${slot}', title: '${title}', icon: 'LayoutPanelLeft' },
  () => ${tree},
)`
    return { name, code, next: '`npm run dev` shows it beside the chat, and in the local page.' }
  },
}

const addSkeleton: KindOfAddition = {
  options: ['description'],
  name: snakeCase,
  write(name, names, options) {
    const { description = `How many ${humanWords(name)} there are` } = options
    const code = `${names.ext()}.skeleton('${name}', { ttl: 300, description: ${quoted(description)} }, async (ctx) => ({
  response: { count: await ctx.store.count('${name}') },
}))`
    return { name, code, next: 'Answer the few facts that the assistant should always know, as a small object.' }
  },
}

const addSchedule: KindOfAddition = {
  options: ['cron'],
  name: snakeCase,
  write(name, names, { cron = '0 9 * * *' }) {
    const problem = cronProblem(cron)
    if (problem !== null) {
      throw new CliFailure(`'${cron}' is no time of a schedule: ${problem}.`, {
        hint: "Give five fields in UTC, such as --cron '0 9 * * 1' for Mondays at nine, or a keyword such as @daily.",
      })
    }
    const code = `// Runs in UTC and for nobody: ctx.store.listUsers(…) and ctx.asUser(id) reach the users.
${names.ext()}.schedule('${name}', { cron: '${cron}' }, (ctx) => {
  ctx.log('${name} ran')
})`
    return { name, code, next: '`imperal schedules` shows when it is due.' }
  },
}

const addWebhook: KindOfAddition = {
  options: ['method'],
  name: (given) => {
    if (given.split(/[/\\]/).some((part) => part === '.' || part === '..')) {
      throw new CliFailure(`'${given}' is no path of a webhook: it has a part that is . or ...`, {
        hint: 'Name the address itself, for example orders/new.',
      })
    }
    const path = given
      .toLowerCase()
      .replaceAll(/[^a-z0-9/]+/g, '-')
      .replace(/^[-/]+|[-/]+$/g, '')
    if (path !== '') return path
    throw new CliFailure(`'${given}' has no letter or digit that an address could be made of.`)
  },
  write(name, names, { method = 'POST' }) {
    const verb = oneOf('method', method.toUpperCase(), METHODS)
    const key = `${snakeCase(name)}_key`
    const header = `X-${headerCase(name)}-Key`
    const handle = names.free(camelCase(key))
    const answer = names.sdk('WebhookResponse')
    const code = `export const ${handle} = ${names.ext()}.secret({
  name: '${key}',
  description: 'The key that the other service sends in the header ${header}. Choose a long one.',
})

// Anybody can call this address, so it finds the user in it and asks for the user's key first.
${names.ext()}.webhook('/${name}', { method: '${verb}', secretHeader: '${header}' }, async (ctx, request) => {
  const userId = request.queryParams.for ?? ''
  const key = userId === '' ? null : await ctx.forUser(userId).secrets.get(${handle})
  if (key === null || request.header('${header}') !== key) return ${answer}.error('The key is not right.', 401)
  ctx.log('${name}: received')
  return ${answer}.ok({ received: true })
})`
    const address = `<platform>/v1/ext/${names.appId}/webhook/${name}?for=<user id>`
    return { name, code, next: `The other service calls ${address} with the key that the user stores as ${key}.` }
  },
}

const addSecret: KindOfAddition = {
  options: ['description'],
  name: snakeCase,
  write(name, names, options) {
    const { description = `${sentence(name)}. Say here where a user finds it.` } = options
    const handle = names.free(camelCase(name))
    const code = `export const ${handle} = ${names.ext()}.secret({
  name: '${name}',
  description: ${quoted(description)},
})`
    return { name, code, next: `Read it with \`await ctx.secrets.get(${handle})\`: null until the user has set it.` }
  },
}

export const ADDITIONS: Readonly<Record<Kind, KindOfAddition>> = {
  function: addFunction,
  panel: addPanel,
  skeleton: addSkeleton,
  schedule: addSchedule,
  webhook: addWebhook,
  secret: addSecret,
}
