import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildGuest } from '@imperal/host'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { createEgress, type Egress } from './egress/create-egress.ts'
import { chooseWrapper, type IsolationReport } from './isolation/choose-wrapper.ts'
import { createParent, PROGRAMS, removeStrays } from './isolation/folders.ts'
import { findWorkerd, reachableProgram, readMachine, UserIds } from './isolation/machine.ts'
import type { IsolationLevel, WrapperId } from './isolation/wrappers.ts'
import { HostPool } from './pool.ts'
import { compileConfig } from './process/host-config.ts'
import type { HostLog } from './process/host-process.ts'
import { Runtimes } from './process/runtimes.ts'
import type { HostArtefact, Hosts, LogLevel } from './types.ts'

/** Address space that the runtime reserves before it runs anything, by far most of it never touched. */
const RESERVED_MB = 560
/** What buffers outside the heap may take, as a multiple of the heap. */
const BUFFERS = 2
const MOST_DRAIN_MS = 2000

export interface HostsOptions {
  /** A short path: sockets are made below it, and a socket's path has at most 107 bytes. */
  readonly runtimeDir: string
  readonly log: HostLog
  /** By which crashes are forgotten. The system's when absent. */
  readonly clock?: Clock | undefined
  readonly isolation?: 'auto' | IsolationLevel | undefined
  /** Uses this way of isolation and no other; for the attack suite. */
  readonly wrapper?: WrapperId | undefined
  /** Heap of one process. 64 when absent. */
  readonly memoryMb?: number | undefined
  /** A host without calls is stopped after this time. Five minutes when absent. */
  readonly idleMs?: number | undefined
  /** Most processes alive at once; beyond it the least recently used idle one is stopped. 200 when absent. */
  readonly maxLive?: number | undefined
  /** Opens loopback and private networks to extensions. */
  readonly allowPrivateNetwork?: boolean | undefined
  /** Addresses and CIDR blocks of closed networks that stay open. */
  readonly egressAllow?: readonly string[] | undefined
  /** The way out that `ctx.http` uses as well; opened and closed here when absent. */
  readonly egress?: Egress | undefined
  /** What a module prints outside any call. */
  readonly onModuleLog?: (artefact: HostArtefact, entry: { level: LogLevel; text: string }) => void
}

/**
 * Finds the strongest isolation of this machine, removes what an earlier start left behind, and opens the hosts.
 * No extension runs yet. Throws a full sentence when the wanted level cannot be had.
 */
export async function openHosts(options: HostsOptions): Promise<Hosts> {
  const machine = readMachine()
  const parent = createParent(options.runtimeDir, machine.root)
  removeStrays(parent)
  const memoryMb = options.memoryMb ?? 64
  const dataBytes = (RESERVED_MB + memoryMb * (1 + BUFFERS)) * 1024 * 1024
  const users = new UserIds()
  const program = machine.root ? reachableProgram(findWorkerd(), join(parent, PROGRAMS)) : findWorkerd()
  const wanted = { level: options.isolation ?? 'auto', wrapper: options.wrapper }
  const chosen = await chooseWrapper(wanted, { machine, users, folder: parent, program, dataBytes })
  warnBelowFull(options.log, chosen.report)
  const egress =
    options.egress ?? createEgress({ allowPrivate: options.allowPrivateNetwork, allow: options.egressAllow })
  const config = await compileConfig(program, { folder: parent, guest: buildGuest(), memoryMb })
  const runtimes = new Runtimes({
    wrapper: chosen.wrapper,
    program,
    folder: parent,
    users: machine.root ? users : null,
    memoryMb,
    dataBytes,
    egress,
    config,
  })
  const pool = new HostPool({
    runtimes,
    clock: options.clock ?? systemClock,
    log: options.log,
    idleMs: options.idleMs ?? 300_000,
    maxLive: options.maxLive ?? 200,
    onModuleLog: options.onModuleLog ?? (() => {}),
  })
  return {
    call: (target, call, callbacks) => pool.call(target, call, callbacks),
    describe: (artefact) => pool.describe(artefact),
    drain: (appId, keepHash) => pool.drain(appId, keepHash),
    status: () => pool.status(),
    isolation: () => chosen.report,
    async close() {
      await Promise.race([pool.close(), delay(MOST_DRAIN_MS, undefined, { ref: false })])
      if (options.egress === undefined) await egress.close()
    },
  }
}

function warnBelowFull(log: HostLog, report: IsolationReport): void {
  const { level, wrapper, why, refused, advice } = report
  // Not `level`, which is the log's own.
  const details = { isolation: level, wrapper, why, refused }
  if (level === 'full') log.info(details, 'extensions are isolated at the level full')
  else log.warn(details, [`Extensions are isolated at the level ${level} only.`, advice].filter(Boolean).join(' '))
}
