import { callTarget, hookOf, type IrDocument, LIFECYCLE_HOOKS, subscriptionsOf } from '@imperal/ir'

const STRENGTH = { read: 0, write: 1, destructive: 2 } as const

function calledApps({ app }: IrDocument): Set<string> {
  const steps = app.functions.flatMap((fn) => fn.steps)
  const targets = steps.flatMap((step) => callTarget(step, app.id) ?? [])
  return new Set(
    targets.filter((target) => target.appId !== app.id).map(({ appId, function: name }) => `${appId}.${name}`),
  )
}

/** What runs without being asked for. Automations are none of it: each waits for its owner's word. */
const startsItself = (document: IrDocument): string[] => [
  ...subscriptionsOf(document).map(({ type, handler }) => `${handler} runs by itself on ${type}`),
  ...LIFECYCLE_HOOKS.flatMap((hook) => {
    const name = hookOf(document, hook)
    return name === null ? [] : [`${name} runs by itself ${hook}`]
  }),
]

/** In what a document may do more than another (I13.5): capabilities, action types, calls to other apps, runs of its own. */
export function widening(before: IrDocument, after: IrDocument): string[] {
  const held = new Set(before.app.capabilities ?? [])
  const capabilities = (after.app.capabilities ?? []).filter((name) => !held.has(name))
  const types = new Map(before.app.functions.map((fn) => [fn.name, fn.action_type ?? 'read']))
  const risen = after.app.functions.filter((fn) => {
    const was = types.get(fn.name)
    return was !== undefined && STRENGTH[fn.action_type ?? 'read'] > STRENGTH[was]
  })
  const called = calledApps(before)
  const started = new Set(startsItself(before))
  return [
    ...capabilities.map((name) => `capability ${name}`),
    ...risen.map((fn) => `${fn.name} became ${fn.action_type}`),
    ...[...calledApps(after)].filter((target) => !called.has(target)).map((target) => `calls ${target}`),
    ...startsItself(after).filter((one) => !started.has(one)),
  ]
}
