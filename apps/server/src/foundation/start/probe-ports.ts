import { once } from 'node:events'
import { createServer } from 'node:net'

async function probe(host: string, port: number): Promise<void> {
  if (port === 0) return
  const server = createServer()
  server.listen({ host, port })
  await once(server, 'listening') // throws what the server has to complain about
  server.close()
  await once(server, 'close')
}

/**
 * Finds out early that the platform could not listen, before anything is started or written. Whoever takes a port after
 * this is met by the listeners themselves. @throws the listen error of Node, with its port
 */
export async function probePorts(settings: {
  readonly HOST: string
  readonly PORT: number
  readonly registryPort: number
  readonly IMPERAL_ROLES: readonly string[]
}): Promise<void> {
  await probe(settings.HOST, settings.PORT)
  if (settings.IMPERAL_ROLES.includes('gateway')) await probe('127.0.0.1', settings.registryPort)
}
