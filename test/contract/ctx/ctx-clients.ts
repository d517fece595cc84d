import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import { describeActing } from './clients/acting.ts'
import { describeAi } from './clients/ai.ts'
import { describeBilling } from './clients/billing.ts'
import { describeCache } from './clients/cache.ts'
import { describeChat } from './clients/chat.ts'
import { describeConfig } from './clients/config.ts'
import { describeExtensions } from './clients/extensions.ts'
import { describeHttp } from './clients/http.ts'
import { describeModels } from './clients/models.ts'
import { describeNotify } from './clients/notify.ts'
import { describeOauth } from './clients/oauth.ts'
import { describeSecrets } from './clients/secrets.ts'
import { describeSkeleton } from './clients/skeleton.ts'
import { describeStorage } from './clients/storage.ts'
import { describeStore } from './clients/store.ts'
import { describeTasks } from './clients/tasks.ts'
import { describeTools } from './clients/tools.ts'
import { describeTypedCollections } from './clients/typed-collections.ts'
import { describeWebhookUrl } from './clients/webhook-url.ts'
import { fillCells, type Suite } from './suite.ts'

const CLIENTS: readonly ((suite: Suite) => void)[] = [
  describeStore,
  describeTypedCollections,
  describeActing,
  describeHttp,
  describeSecrets,
  describeAi,
  describeModels,
  describeExtensions,
  describeCache,
  describeStorage,
  describeNotify,
  describeTasks,
  describeChat,
  describeConfig,
  describeTools,
  describeBilling,
  describeWebhookUrl,
  describeSkeleton,
  describeOauth,
]

/**
 * What `ctx` promises to authors, whoever made it: success, bad input, limits and unavailability of the clients that
 * they use most. The mock context and the platform pass the same tests.
 */
export function describeCtxClients(name: string, open: () => Promise<Bench>): void {
  describe(`ctx of ${name}`, () => {
    let opened: Bench | undefined
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.close())
    // Tests are written down before there is a bench; each reads the members when it runs.
    const bench = new Proxy({} as Bench, { get: (_none, member) => Reflect.get(opened as Bench, member) })
    const { cell, missing } = fillCells()
    for (const describeClient of CLIENTS) describeClient({ bench, cell })
    test('every method of the table is shown in success, with bad input, at its limit and while something is away', () => {
      expect(missing()).toEqual([])
    })
  })
}
