import type { Hosts, HostTarget, WrapperId } from '../../../apps/server/src/modules/hosts/index.ts'
import {
  artefactOf,
  bundleOf,
  callOf,
  openTestHosts,
  recorder,
} from '../../../apps/server/src/modules/hosts/testing.ts'

/** Every way of isolation that this machine offers, each with hosts of its own. */
export interface Level {
  readonly wrapper: WrapperId
  readonly hosts: Hosts
}

const ALL: readonly WrapperId[] = ['bubblewrap', 'unshare-root', 'unshare', 'plain']

/** The ways that work here. Under `CI=true` a machine that offers less than `namespaced` fails the suite. */
export async function availableWrappers(): Promise<WrapperId[]> {
  const available: WrapperId[] = []
  for (const wrapper of ALL) {
    try {
      const hosts = await openTestHosts({ wrapper })
      await hosts.close()
      available.push(wrapper)
    } catch (problem) {
      console.warn(`not attacked here: ${wrapper} (${(problem as Error).message})`)
    }
  }
  if (process.env.CI === 'true' && available.every((wrapper) => wrapper === 'plain')) {
    throw new Error('This machine offers no namespaces; the attack suite would prove too little.')
  }
  return available
}

export const hostile = (handlers: Readonly<Record<string, string>>, top = ''): HostTarget => ({
  artefact: artefactOf(bundleOf(handlers, top), { appId: 'hostile' }),
  shareKey: 'victim',
})

/** An innocent extension that keeps answering while `attack` runs; resolves with how often it did. */
export async function neighbourDuring(hosts: Hosts, attack: () => Promise<unknown>): Promise<number> {
  const neighbour = {
    artefact: artefactOf(bundleOf({ ok: '(params) => params' }), { appId: 'neighbour' }),
    shareKey: 'n',
  }
  await hosts.call(neighbour, callOf('ok'), recorder())
  // A few hundred calls a second: enough to notice a pause, without taking the processor that the attack wants.
  const pace = () => new Promise((resolve) => setTimeout(resolve, 2))
  let over = false
  const running = attack().finally(() => {
    over = true
  })
  running.catch(() => {}) // looked at below, when the neighbour has answered
  let answers = 0
  while (!over) {
    const value = await hosts.call(neighbour, callOf('ok', { answers }), recorder())
    await pace()
    if ((value as { answers: number }).answers !== answers++) throw new Error('The neighbour got a wrong answer.')
  }
  await running
  return answers
}
