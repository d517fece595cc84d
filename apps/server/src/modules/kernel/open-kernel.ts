import { setTimeout as delay } from 'node:timers/promises'
import { EVERY_TENANT } from '../../foundation/db/index.ts'
import { hexId, newCallId } from '../../foundation/ids.ts'
import { noTelemetry } from '../../foundation/telemetry/index.ts'
import { createArgumentChecks } from './arguments/compile-arguments.ts'
import { catalogOf } from './catalog.ts'
import { cancel, consume, expireConfirmations, keepResults, tellDecision } from './confirmations/decide.ts'
import { settleLostDecisions, settleOwnDecisions } from './confirmations/lost-decisions.ts'
import { isPersonSource } from './confirmations/needs-confirmation.ts'
import { activeConfirmations, readDecision } from './confirmations/read-confirmations.ts'
import { tellChat } from './confirmations/tell-chat.ts'
import { createArtefactCache } from './context/artefact-cache.ts'
import { acceptedByUser } from './corridor/accepted-call.ts'
import { run, runAccepted, runTogether } from './corridor/run.ts'
import { createDevLog } from './dev-log.ts'
import { eventCatalog } from './events/event-catalog.ts'
import { openEvents } from './events/open-events.ts'
import { placeFile } from './files/send-file.ts'
import { createHandlerTables } from './handlers/handler-table.ts'
import { openHealthChecks, readUnwell } from './health/check-health.ts'
import { forgetSwitchedOff } from './health/switched-off.ts'
import { forgetDeliveries } from './ingress/deliveries.ts'
import { Closer } from './ledger/closer.ts'
import { analyseApp, countUsesByApp, countUsesOf } from './ledger/count-actions.ts'
import { adoptRestoredLedger, checkLedger, recoverCalls, sealLedger } from './ledger/maintain-ledger.ts'
import { openNodeLease } from './ledger/node-lease.ts'
import { countChanges } from './ledger/read-actions.ts'
import { forgetConfirmations, removeExpired } from './ledger/remove-expired.ts'
import { runHook } from './lifecycle/run-hook.ts'
import { readBacklog } from './operator/read-backlog.ts'
import { readNodes } from './operator/read-nodes.ts'
import { createOtherApps } from './other-apps.ts'
import type { KernelParts } from './parts.ts'
import type { KernelOptions } from './ports.ts'
import { kernelRoutes } from './routes/index.ts'
import { openSchedules } from './schedules/run-schedules.ts'
import { openSignals } from './signals/open-signals.ts'
import { skeletonLines } from './skeletons/envelope.ts'
import { createPresence } from './skeletons/presence.ts'
import { openSkeletons, watchStreams } from './skeletons/refresh-skeletons.ts'
import { settleStep, trimKept } from './steps/kept-outcome.ts'
import { beatTasks, openTasks } from './tasks/run-task.ts'
import { openRunningTasks } from './tasks/running-tasks.ts'
import { createThreatCounters } from './threats.ts'
import type { CallIntent, CallOutcome, Kernel } from './types.ts'

// What runs longer is cut off when the hosts stop, and its record says so.
const PATIENCE_MS = 5_000
const RECORDING_MS = 2_000

const settled = ({ inFlight }: KernelParts, milliseconds: number) =>
  Promise.race([Promise.all(inFlight), delay(milliseconds, undefined, { ref: false })])

/** What the corridor needs, without anything that runs by itself. */
export async function assembleKernel(
  options: KernelOptions,
): Promise<{ parts: KernelParts; announce: Kernel['announce']; release: () => Promise<void> }> {
  const nodeId = hexId('node')
  const self = options.self ?? { name: nodeId, version: '', roles: ['gateway', 'kernel', 'worker'] }
  const lease = await openNodeLease({ db: options.db, log: options.log, nodeId, self })
  const others = createOtherApps(options.registry, options.log)
  const runningTasks = openRunningTasks(options, nodeId)
  const parts: KernelParts = {
    ...options,
    telemetry: options.telemetry ?? noTelemetry(),
    nodeId,
    closer: new Closer(options),
    handlerTable: createHandlerTables(),
    argumentCheck: createArgumentChecks(),
    artefacts: createArtefactCache(options.registry),
    devLog: createDevLog(options.outbox),
    threats: createThreatCounters(options.audit, options.log),
    runningTasks,
    presence: createPresence(options),
    unwell: new Set(),
    dueRuns: new Set(),
    deciding: new Set(),
    mayRecord: () => lease.isValid(),
    inFlight: new Set(),
    stopping: { now: false },
    isOtherApp: others.isOtherApp,
    runInner: (intent, inner) => run(parts, intent, inner),
  }
  await others.load()
  return {
    parts,
    announce: lease.announce,
    release: async () => {
      others.close()
      await settled(parts, PATIENCE_MS)
      // What still runs is told so, handed on where it can be, and recorded as what it is.
      parts.stopping.now = true
      runningTasks.stopAll()
      await settled(parts, RECORDING_MS)
      await parts.closer.settled()
      runningTasks.close()
      parts.presence.close()
      await lease.close()
    },
  }
}

type Decide = Parameters<Kernel['decide']>

async function decide(parts: KernelParts, ...[user, confirmationId, decision, via]: Decide) {
  if (decision === 'cancel') {
    await cancel(parts, user, confirmationId, via)
    return { status: 'cancelled', results: [], outcomes: [] }
  }
  parts.deciding.add(confirmationId)
  try {
    return await carryOut(parts, user, confirmationId, via)
  } finally {
    parts.deciding.delete(confirmationId)
  }
}

async function carryOut(parts: KernelParts, user: Decide[0], confirmationId: string, via: Decide[3]) {
  const consumed = await consume(parts, user, confirmationId, via)
  if (consumed === null) return { status: 'confirmed', results: [], outcomes: [] }
  const outcomes: CallOutcome[] = []
  for (const [index, stored] of consumed.calls.entries()) {
    const callId = consumed.callIds[index] ?? newCallId()
    outcomes.push(await runAccepted(parts, acceptedByUser(user, consumed, { stored, callId })))
  }
  const { status } = await keepResults(parts, user, confirmationId, { outcomes, unlessKept: false })
  const row = {
    tenant_id: user.tenantId,
    user_id: user.userId,
    confirmation_id: confirmationId,
    source: consumed.source,
    trace_id: consumed.traceId,
  }
  if (!(await tellDecision(parts, row, status))) await tellChat(parts, user, consumed, outcomes)
  return { status, results: outcomes.map((outcome) => outcome.response), outcomes }
}

/** What goes on beside the calls. Each part claims its work in the database, so every node may run all of it. */
function startBackgroundWork(parts: KernelParts): () => Promise<void> {
  const stopWatching = parts.registry.onChange(({ appId, userId }) => {
    if (appId === null || userId !== undefined) return
    forgetSwitchedOff(parts, appId).catch((error) =>
      parts.log.warn({ err: error, app: appId }, 'the health of an app stays'),
    )
  })
  const always = [
    async () => void stopWatching(),
    beatTasks(parts),
    watchStreams(parts),
    parts.jobs.every('kernel.health.read', 15, () => readUnwell(parts)),
    parts.jobs.every('kernel.own_decisions', 10, () => settleOwnDecisions(parts)),
  ]
  const stopAlways = async () => {
    await Promise.all(always.map((stop) => stop()))
  }
  if (parts.background === false) return stopAlways
  const { jobs, db } = parts
  const stops = [
    stopAlways,
    openTasks(parts),
    jobs.every('kernel.recover', 10, async () => parts.billing.lost(await recoverCalls(db, parts.nodeId))),
    jobs.every('kernel.seal', 30, (stopping) => sealLedger(db, stopping)),
    jobs.every('kernel.expire', 10, (stopping) => expireConfirmations(parts, stopping)),
    jobs.every('kernel.lost_decisions', 10, () => settleLostDecisions(parts)),
    jobs.every('kernel.trim_outcomes', 3_600, () => db.atomic(EVERY_TENANT, [trimKept])),
    openSkeletons(parts),
    openEvents(parts),
    openHealthChecks(parts),
    openSchedules(parts),
    openSignals(parts),
    jobs.upkeep('kernel.webhooks.forget', 3_600, () => forgetDeliveries(parts)),
    jobs.upkeep('kernel.confirmations.forget', 3_600, () => forgetConfirmations(parts)),
    jobs.upkeep('kernel.ledger.retention', 21_600, (stopping) => removeExpired(parts, stopping)),
  ]
  return async () => {
    await Promise.race([Promise.all(stops.map((stop) => stop())), delay(PATIENCE_MS, undefined, { ref: false })])
  }
}

/** How long whoever asks waits before the call becomes a task; a chain is one visible task of its own (K4.1, K4.2). */
function patience({ settings }: KernelParts, { source, isStep }: CallIntent): number | undefined {
  if (isStep === true) return undefined
  return source === 'chat' ? settings.chatPatienceMs : settings.callTimeoutSeconds * 1000
}

/** Opens the kernel: the one way in which extension code is ever run. */
export async function openKernel(options: KernelOptions): Promise<Kernel> {
  await adoptRestoredLedger(options.db)
  const { parts, announce, release } = await assembleKernel(options)
  const stop = startBackgroundWork(parts)
  const kernel: Kernel = {
    call(intent) {
      const person = isPersonSource(intent.source)
      if (person) parts.presence.seen(intent)
      return run(parts, intent, { promoteAfterMs: person ? patience(parts, intent) : undefined })
    },
    async runSteps(steps) {
      const [first] = steps
      if (first === undefined) return []
      const person = isPersonSource(first.intent.source)
      if (person) parts.presence.seen(first.intent)
      const calls = steps.map(({ intent, hold }) => ({
        intent,
        options: { ...hold, keep: true, promoteAfterMs: person ? patience(parts, intent) : undefined },
      }))
      if (calls.length > 1) return runTogether(parts, calls)
      return [await run(parts, first.intent, calls[0]?.options)]
    },
    settleStep: (tenantId, callId) => settleStep(parts.db, tenantId, callId),
    decision: (user, confirmationId) => readDecision(parts.db, user, confirmationId),
    pending: (user) => activeConfirmations(parts, user),
    catalog: (user) => catalogOf(parts, user),
    placeFile: (user, placed) => placeFile(parts, user, placed),
    events: (user) => eventCatalog(parts, user),
    facts: (user) => skeletonLines(parts, user),
    decide: (...args) => decide(parts, ...args),
    lifecycle: (user, hook) => runHook(parts, user, hook),
    present: (user) => parts.presence.arrived(user),
    logs: (appId, after) => parts.devLog.read(appId, after),
    actionsSince: (user, since) => countChanges(parts.db, user, since),
    usesOf: (user, appId, most) => countUsesOf(parts.db, { ...user, appId, most }),
    usesByApp: (since) => countUsesByApp(parts.db, since),
    analyse: (appId, since) => analyseApp(parts.db, appId, since),
    checkLedger: () => checkLedger(parts.db),
    announce,
    nodes: () => readNodes(parts.db),
    backlog: () => readBacklog(parts.db),
    threats: () => Object.fromEntries(parts.threats.counts),
    get routes() {
      return routes
    },
    async close() {
      await stop()
      await release()
    },
  }
  const routes = kernelRoutes(parts, kernel)
  return kernel
}
