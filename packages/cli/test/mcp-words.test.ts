import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { plainText } from '../src/mcp/plain-text.ts'
import { openTerminal } from './test-io.ts'

const terminal = openTerminal()
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

test.each([
  ['Acme \u001b[31mNotes\u001b[0m', 'Acme Notes'],
  ['\u001b]0;title\u0007Acme\u001b]8;;https://evil.example\u001b\\ Notes\r\n\tnow', 'Acme Notes now'],
  ['Acme\u202E seton', 'Acme seton'],
  ['Заметки · 筆記', 'Заметки · 筆記'],
  ['\u001b[2J\u0008', ''],
])('the name %j of a server is shown as %j: a terminal obeys nothing in it', (given, shown) => {
  expect(plainText(given)).toBe(shown)
})

test.each([
  'https://mcp.example.com/mcp?key=abc',
  'https://mcp.example.com/mcp?profile=a&api_key=abc',
  'https://mcp.example.com/mcp?access-token=abc',
  'https://mcp.example.com/mcp?apiKey=abc',
  'https://ada:secret@mcp.example.com/mcp',
])(
  'the address %s holds a credential: it is refused before anything is asked, with the place where it belongs',
  async (address) => {
    expect(await terminal.run('mcp', 'add', address)).toBe(1)
    expect(terminal.errors()).toMatch(/holds a credential[\s\S]*IMPERAL_MCP_TOKEN/)
    expect(terminal.errors()).not.toMatch(/abc|secret@/)
  },
)

test.each(['https://mcp.example.com/mcp?profile=monkey', 'https://mcp.example.com/mcp?keyboard=us'])(
  '%s holds none',
  async (address) => {
    expect(await terminal.run('mcp', 'add', address)).toBe(1)
    expect(terminal.errors()).toMatch(/not signed in/)
  },
)
