import { lagBehind } from '../outbox/index.ts'
import { DECLARED_OPTIONS, DECLARED_QUEUE, type DeclaredJob, followDeclared } from './declared-rules.ts'
import { internalRoutes } from './internal-routes.ts'
import { openMatching, RULE_CURSOR } from './match-events.ts'
import { automationRoutes } from './routes.ts'
import { openDueRules } from './run-due-rules.ts'
import { runExecution } from './run-execution.ts'
import { runsNow } from './runs-now.ts'
import { RUN_OPTIONS, RUN_QUEUE, type RunJob } from './trigger-rule.ts'
import type { Automations, AutomationsOptions } from './types.ts'
import { openWatch } from './watch-executions.ts'

/** What goes on beside the requests. Each part claims its work in the database, so every node may run all of it. */
function startBackgroundWork(parts: AutomationsOptions): () => Promise<void> {
  if (parts.background === false) return async () => {}
  const closing = new AbortController()
  const notStarted = (error: unknown) => {
    parts.log.error({ err: error }, 'automations were not started')
    return async () => {}
  }
  const working = parts.jobs
    .work<RunJob>(RUN_QUEUE, RUN_OPTIONS, ({ data }) => runExecution(parts, data, closing.signal))
    .catch(notStarted)
  const following = parts.jobs
    .work<DeclaredJob>(DECLARED_QUEUE, DECLARED_OPTIONS, ({ data }) => followDeclared(parts, data))
    .catch(notStarted)
  const stops = [openMatching(parts), openDueRules(parts), openWatch(parts)]
  return async () => {
    // A run of minutes is not waited for: its call is cut off and recorded by the kernel, and another node goes on with it.
    closing.abort()
    void working.then((stop) => stop()).catch(() => {})
    await Promise.all([...stops.map((stop) => stop()), following.then((stop) => stop())])
  }
}

/** Opens the automations: rules that wait for an event or a time and then run steps through the corridor (kernel 6.4, 6.5). */
export function openAutomations(parts: AutomationsOptions): Automations {
  const stop = startBackgroundWork(parts)
  return {
    routes: [...automationRoutes(parts), ...internalRoutes(parts)],
    eventLag: () => lagBehind(parts.db, RULE_CURSOR, 'event'),
    work: { list: (which) => runsNow(parts, which) },
    close: stop,
  }
}
