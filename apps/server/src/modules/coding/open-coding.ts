import { openEngine } from './engine.ts'
import { remoteRoutes } from './remote-routes.ts'
import { codingRoutes } from './routes.ts'
import { openStreams } from './stream.ts'
import { openStreamHub } from './stream-hub.ts'
import type { Coding, CodingOptions } from './types.ts'
import { tidy, watchSessions } from './watch-sessions.ts'

const WATCH_SECONDS = 10
const TIDY_SECONDS = 3600

/** Opens coding sessions: their routes, and the work on those that other nodes left. */
export function openCoding(options: CodingOptions): Coding {
  const engine = openEngine(options)
  const hub = openStreamHub(options.bus)
  const streams = openStreams(options, hub)
  const stops = [
    options.jobs.upkeep('coding.watch', WATCH_SECONDS, () => watchSessions(options, engine)),
    options.jobs.upkeep('coding.tidy', TIDY_SECONDS, () => tidy(options)),
  ]
  return {
    routes: [...codingRoutes(options, engine, streams), ...remoteRoutes(options, engine)],
    async close() {
      await Promise.all(stops.map((stop) => stop()))
      streams.close()
      hub.close()
      await engine.close()
    },
  }
}
