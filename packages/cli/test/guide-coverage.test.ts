import { readdirSync } from 'node:fs'
import { ChatExtension, Extension } from '@imperal/sdk'
import { mockContext } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import { AUTHORS, readPage } from './guide-page.ts'

/** All code of the guide, its tests included; all of it is compiled and run by other tests. */
const code = readdirSync(AUTHORS)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => readPage(name))
  .filter(({ kind }) => kind === 'ts')
  .flatMap(({ lines }) => lines)
  .join('\n')

/** Methods of an object and of what it inherits; members that are values are none. */
function methodsOf(value: object): string[] {
  const own = Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, { value: member }]) =>
    typeof member === 'function' && name !== 'constructor' ? [name] : [],
  )
  const above: object | null = Object.getPrototypeOf(value)
  const isPlain = above === null || above === Object.prototype || above === Function.prototype
  return isPlain ? own : [...own, ...methodsOf(above)]
}

// How the platform drives an extension; and what asks the platform for what its own apps may see.
const NOT_OF_AUTHORS = ['callTool', 'callSignal']
const registrations = [
  ...methodsOf(new Extension('guide-book')).filter((name) => !NOT_OF_AUTHORS.includes(name)),
  ...methodsOf(ChatExtension.prototype),
]

test.each(registrations)('[S003-002] the registration `%s` is shown by an example', (name) => {
  expect(code).toMatch(new RegExp(String.raw`\b(?:ext|chat)\.${name}\(`))
})

const CLIENTS = [
  'store',
  'ai',
  'notify',
  'storage',
  'http',
  'tools',
  'config',
  'extensions',
  'cache',
  'secrets',
] as const
const calls = CLIENTS.flatMap((client) => methodsOf(mockContext()[client]).map((method) => [client, method] as const))
/** The rarer half of a pair that says the same. */
const SAID_OTHERWISE = ['notify.send', 'store.list']

test.each(calls.filter((call) => !SAID_OTHERWISE.includes(call.join('.'))))(
  '[S003-002] ctx.%s.%s is shown by an example',
  (client, method) => {
    // Typed collections, and what a schedule or webhook makes for a user, lie between.
    expect(code).toMatch(new RegExp(String.raw`\b${client}(?:\.\w+\([^()]*\))?\s*\.${method}(?:<[^>]*>)?\(`))
  },
)

test.each([
  'progress',
  'backgroundTask',
  'deliverChatMessage',
  'webhookUrl',
  'oauthAuthorizeUrl',
  'asUser',
  'forUser',
  'log',
])('[S003-002] ctx.%s is shown by an example', (method) => {
  expect(code).toMatch(new RegExp(String.raw`\b(?:ctx|user|task)\.${method}\(`))
})
