import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Outbox } from '../outbox/index.ts'
import { readWallet, type WalletOptions } from './ledger/read-wallet.ts'
import type { Owner } from './parts.ts'
import type { Wallet } from './types.ts'

/** Tells owners what became of their wallets, some time after it moved, so that the call itself need not ask. */
export interface WalletWatch {
  moved(owner: Owner, reason: string, delta: number): void
  /** Resolves when everything that moved so far was told. */
  settled(): Promise<void>
  close(): Promise<void>
}

interface Movement extends Owner {
  readonly reason: string
  readonly delta: number
}

// Many calls of one user within this time are one message.
const GATHER_MS = 200

export interface WatchOptions extends WalletOptions {
  readonly db: Database
  readonly log: Log
  readonly outbox: Pick<Outbox, 'publishingMany'>
  /** What follows from the state of a wallet: a warning, an automatic top-up. */
  readonly onRead: (owner: Owner, wallet: Wallet) => Promise<void>
}

export function openWalletWatch(options: WatchOptions): WalletWatch {
  const waiting = new Map<string, Movement>()
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()

  async function tell({ tenantId, userId, reason, delta }: Movement): Promise<void> {
    const wallet = await readWallet(options, tenantId, userId)
    const payload = { balance: wallet.balance, available: wallet.available, reason, delta }
    await options.db.atomic(tenantId, [
      options.outbox.publishingMany([{ tenantId, userId, type: 'wallet_update', payload }]),
    ])
    await options.onRead({ tenantId, userId }, wallet)
  }
  async function tellAll(): Promise<void> {
    timer = undefined
    const owners = [...waiting.values()]
    waiting.clear()
    for (const owner of owners) {
      await tell(owner).catch((error: unknown) =>
        options.log.warn(
          { err: error, userId: owner.userId },
          'what follows from the movement of a wallet was not done',
        ),
      )
    }
  }
  const start = () => {
    telling = telling.then(tellAll)
  }
  const settled = async () => {
    while (timer !== undefined) {
      clearTimeout(timer)
      start()
      await telling
    }
    await telling
  }
  return {
    moved({ tenantId, userId }, reason, delta) {
      const key = `${tenantId}\n${userId}`
      waiting.set(key, { tenantId, userId, reason, delta: delta + (waiting.get(key)?.delta ?? 0) })
      timer ??= setTimeout(start, GATHER_MS).unref()
    },
    settled,
    close: settled,
  }
}
