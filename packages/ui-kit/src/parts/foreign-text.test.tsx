// @vitest-environment happy-dom
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { safePattern, tagProblem } from '../forms/pattern.ts'
import { hasRemoteImages } from './clean-html.ts'
import { highlight } from './highlight.ts'
import { MarkdownBody as Markdown } from './markdown-body.tsx'
import { splitStreaming, tolerant } from './markdown-source.ts'

const html = (content: string) => renderToStaticMarkup(<Markdown content={content} />)

describe('Markdown', () => {
  test('[ui 4.12] HTML stays text, links and pictures pass the rules', () => {
    expect(html('<script>alert(1)</script><img src=x onerror=alert(1)>')).not.toMatch(/<script|<img/)
    expect(html('[a](javascript:alert(1)) [b](//evil.example) [c](data:text/html,x)')).not.toContain('href')
    expect(html('[a](https://example.com)')).toContain('rel="noopener noreferrer"')
    expect(html('![x](http://insecure.example/a.png) ![y](data:image/svg+xml;base64,AAAA)')).not.toContain('<img')
    expect(html('![x](https://example.com/a.png)')).toContain('referrerPolicy="no-referrer"')
  })

  test('[ui 4.12] tables, task lists, callouts and named fences', () => {
    expect(html('| a |\n|---|\n| b |')).toContain('<td>b</td>')
    expect(html('- [x] done')).toMatch(/<input[^>]*disabled/)
    expect(html('> [!WARNING]\n> Hot')).toMatch(/data-variant="warn".*Warning.*Hot/s)
    expect(html('```ts:main.ts\nconst a = 1\n```')).toMatch(/main\.ts.*const a = 1/s)
  })

  test('[ui 4.12] blanks inside the markers of strong are forgiven, in code nothing is changed', () => {
    expect(tolerant('** a ** and `** b **`')).toBe('**a** and `** b **`')
    expect(splitStreaming('a\n```ts\nb')).toEqual({ done: 'a', open: '```ts\nb' })
    expect(splitStreaming('a\n\n| x |\n|--')).toEqual({ done: 'a\n', open: '| x |\n|--' })
    expect(splitStreaming('a\n```ts\nb\n```\n')).toMatchObject({ open: '' })
  })
})

test('[ui 4.11.6] pictures from elsewhere are noticed', () => {
  expect(hasRemoteImages('<img src="https://tracker.example/1.gif">')).toBe(true)
  expect(hasRemoteImages('<img src="data:image/png;base64,AA">')).toBe(false)
})

test('[ui 6.6] patterns that could run for ever are ignored', () => {
  for (const source of ['(a+)+$', '(a|a)*b', '([a-z]+)*', '(\\w)\\1', 'a*a*a*a*b', '(?=a)b', '[', 'x'.repeat(300)])
    expect(safePattern(source), source).toBeNull()
  expect(safePattern('^[a-z]+-\\d{1,4}$')?.test('ab-12')).toBe(true)
  expect(tagProblem('No', '^[a-z]+$', 'Lower case only')).toBe('Lower case only')
  expect(tagProblem('anything', '(a+)+$', '')).toBe('')
})

test('program text is coloured without losing a character', async () => {
  const code = 'const a = "x\\"y" // note\n/* b */ 12'
  const lines = await highlight(code, 'ts')
  expect(lines?.map((line) => line.map((token) => token.text).join('')).join('\n')).toBe(code)
  expect(lines?.flat().map((token) => token.color)).toContain('var(--code-token-keyword)')
  expect(await highlight(code, 'klingon')).toBeNull()
  expect(await highlight(code, 'constructor')).toBeNull()
  expect(await highlight('x'.repeat(50_001), 'ts')).toBeNull()
})
