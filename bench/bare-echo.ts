/**
 * The bare side of the host benchmark: what it costs two processes to answer each other over a unix socket, with nothing in between
 * but the machine. Started as a program it is the answering end; its argument is the socket.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MESSAGE = 'x'.repeat(400)

/** Another process that sends back whatever it gets. */
export interface Echo {
  /** Milliseconds that so many round trips took, one after the other. */
  trips(count: number): Promise<number>
  close(): void
}

export async function startEcho(folder: string): Promise<Echo> {
  const path = join(folder, 'echo')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(import.meta.url), path], { stdio: 'inherit' })
  const [socket] = (await once(server, 'connection')) as [Socket]
  return {
    async trips(count) {
      const began = performance.now()
      for (let n = 0; n < count; n++) {
        socket.write(MESSAGE)
        await once(socket, 'data')
      }
      return performance.now() - began
    },
    close() {
      socket.destroy()
      server.close()
      child.kill()
    },
  }
}

if (import.meta.main) {
  const socket = connect(process.argv[2] ?? '')
  socket.on('data', (data) => socket.write(data)).on('close', () => process.exit())
}
