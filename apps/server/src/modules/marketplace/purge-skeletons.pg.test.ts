import { afterAll, expect, test, vi } from 'vitest'
import { openTestNode, publishApp, userOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openState } from '../state/index.ts'
import { startLifecycleRunner } from './lifecycle-runner.ts'

const node = await openTestNode(await createTestDatabase())
afterAll(() => node.close())
const [ada, eve] = [userOf('acme', 'ada'), userOf('acme', 'eve')]

test.each(['off', 'uninstalled'])(
  '[K5.13] [I-SKEL-LIVE-INVALIDATE] sections of an app that is %s are gone within two seconds, however long its hook takes',
  async (how) => {
    const appId = `purged-${how}`
    const state = openState({ db: node.db, clock: node.clock, log: node.log })
    const hung = Promise.withResolvers<void>()
    const hooks = startLifecycleRunner({
      registry: node.registry,
      log: node.log,
      ports: {
        runHook: () => hung.promise,
        settleHook: async () => 'none',
        ensureSkeletons: async () => {},
        dropSkeletons: (user, id) => state.skeletonDrop({ ...user, appId: id }),
        forgetData: async () => {},
        purgeData: async () => {},
      },
    })
    await publishApp(node, appId, { manifest: { lifecycle: { on_disable: true, on_uninstall: true } } })
    await node.registry.install(ada, appId)
    await node.registry.install(ada, appId)
    const section = (user: typeof ada) => ({ ...user, appId, section: 'recent', ttl: 300 })
    await state.skeletonEnsure([section(ada), section(eve)])
    await state.skeletonPut(section(ada), 'recent', { n: 1 })
    if (how === 'off') await node.registry.setDisabled(ada, appId, true)
    else await node.registry.uninstall(ada, appId)
    // The hook hangs until the end of this test: nothing of this waits for it.
    await vi.waitFor(async () => expect(await state.skeletonGet(section(ada), 'recent')).toBeNull())
    expect(await state.skeletonPut(section(ada), 'recent', { n: 2 })).toMatchObject({ previous: null })
    expect(await state.skeletonGet(section(ada), 'recent')).toBeNull()
    expect(await state.skeletonGet(section(eve), 'recent')).not.toBeNull()
    hung.resolve()
    await hooks.close()
    await state.close()
  },
)
