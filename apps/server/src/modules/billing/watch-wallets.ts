import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Outbox } from '../outbox/index.ts'
import { readWallet, type WalletOptions } from './ledger/read-wallet.ts'

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

interface Movement extends Owner {
  readonly reason: string
  readonly delta: number
}

/** Tells owners what became of their wallets, some time after it moved, so that the call itself need not ask. */
export interface WalletWatch {
  moved(owner: Owner, reason: string, delta: number): void
  /** Resolves when everything that moved so far was told. */
  settled(): Promise<void>
  close(): Promise<void>
}

// Many calls of one user within this time are one message.
const GATHER_MS = 200

export function openWalletWatch(options: {
  readonly db: Database
  readonly log: Log
  readonly outbox: Pick<Outbox, 'publishingMany'>
  readonly wallets: WalletOptions
}): WalletWatch {
  const waiting = new Map<string, Movement>()
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()

  async function tell({ tenantId, userId, reason, delta }: Movement): Promise<void> {
    const { balance, available } = await readWallet(options.wallets, tenantId, userId)
    const payload = { balance, available, reason, delta }
    await options.db.atomic(tenantId, [
      options.outbox.publishingMany([{ tenantId, userId, type: 'wallet_update', payload }]),
    ])
  }
  async function tellAll(): Promise<void> {
    timer = undefined
    const owners = [...waiting.values()]
    waiting.clear()
    for (const owner of owners) {
      await tell(owner).catch((error: unknown) =>
        options.log.warn({ err: error, userId: owner.userId }, 'the owner of a wallet was not told that it moved'),
      )
    }
  }
  const start = () => {
    telling = telling.then(tellAll)
  }
  return {
    moved({ tenantId, userId }, reason, delta) {
      const key = `${tenantId}\n${userId}`
      waiting.set(key, { tenantId, userId, reason, delta: delta + (waiting.get(key)?.delta ?? 0) })
      timer ??= setTimeout(start, GATHER_MS)
      timer.unref()
    },
    async settled() {
      if (timer !== undefined) {
        clearTimeout(timer)
        start()
      }
      await telling
    },
    async close() {
      await this.settled()
    },
  }
}
