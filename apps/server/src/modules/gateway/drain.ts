import type { FastifyInstance } from 'fastify'
import { httpErrors } from '../../foundation/http/index.ts'

/** Header of an answer that says: nothing was done, this server is stopping. */
export const DRAINING = 'x-imperal-draining'

/** Requests that are being answered, so that a stopping server lets them end. */
export interface Drain {
  /**
   * From now on further requests are answered 503. Resolves when those under way are answered, or after `patience`
   * milliseconds.
   */
  finish(patience: number): Promise<void>
}

/** Watches one listener. Event streams do not count: they end only when somebody cuts them. */
export function installDrain(app: FastifyInstance, isStream: (path: string | undefined) => boolean): Drain {
  let running = 0
  let stopping = false
  let idle = () => {}
  app.addHook('onRequest', (request, reply, done) => {
    if (stopping) {
      reply.header('connection', 'close').header(DRAINING, '1')
      return done(httpErrors.SHUTTING_DOWN())
    }
    if (isStream(request.routeOptions.url)) return done()
    running++
    reply.raw.once('close', () => {
      running--
      if (running === 0) idle()
    })
    done()
  })
  return {
    async finish(patience) {
      stopping = true
      if (running === 0) return
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, patience)
        idle = () => {
          clearTimeout(late)
          resolve()
        }
      })
    },
  }
}
