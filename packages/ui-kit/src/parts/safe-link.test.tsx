// @vitest-environment happy-dom
import { act } from 'react'
import { afterEach, expect, test } from 'vitest'
import { type Mounted, mount, until } from '../testing/mount.tsx'
import { strangeHost } from './link-host.ts'
import { MarkdownBody } from './markdown-body.tsx'

let mounted: Mounted | undefined
afterEach(() => mounted?.unmount())

test('[ui 6.8] a label that names another host than its link is found', () => {
  const cases: readonly (readonly [label: string, url: string, strange: string])[] = [
    ['https://bank.example/login', 'https://evil.example/login', 'evil.example'],
    ['bank.example', 'https://bank.example.evil.test/', 'bank.example.evil.test'],
    ['Log in at www.bank.example.', 'https://evil.example/', 'evil.example'],
    ['help@bank.example', 'mailto:help@evil.example', 'evil.example'],
    ['bank.example', 'https://www.bank.example/a', ''],
    ['bank.example', 'https://login.bank.example/a', ''],
    ['WWW.Bank.Example', 'https://bank.example/', ''],
    ['The terms', 'https://evil.example/', ''],
    ['Version 2.5', 'https://evil.example/', ''],
    ['bank.example', '/settings', ''],
  ]
  for (const [label, url, strange] of cases) expect([label, strangeHost(label, url)]).toEqual([label, strange])
})

test('[ui 6.3] [ui 6.8] whoever comes to such a link by keyboard is told where it leads', async () => {
  mounted = await mount(<MarkdownBody content="[**bank.example**](https://evil.example/login)" />)
  const link = mounted.element.querySelector('a') as HTMLAnchorElement // the one link above
  await act(async () => link.focus())
  await until(() => expect(document.querySelector('[role=tooltip]')?.textContent).toBe('Leads to evil.example'))
})
