/**
 * The bare side of the stream benchmark: holds every socket that comes, and writes one text to all of them when its parent says so.
 * In a process of its own, because ten thousand sockets and their other ends in one process meet the limit of open files, and what is
 * accepted beyond it is reset.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const TEXT = 'data: {"type":"bench_tick","payload":{},"ts":"2026-01-01T00:00:00Z"}\n\n'
const sockets: ServerResponse[] = []
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(':\n\n')
  sockets.push(response)
}).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on('message', () => {
  for (const socket of sockets) socket.write(TEXT)
})
process.on('disconnect', () => process.exit())
