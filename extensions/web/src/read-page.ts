import { type HTMLElement, NodeType, parse } from 'node-html-parser'

export interface PageText {
  readonly title: string
  readonly description: string
  readonly text: string
  readonly links: readonly { readonly text: string; readonly url: string }[]
}

const SILENT = 'script,style,noscript,template,svg,iframe,form,nav,footer,aside,[hidden],[aria-hidden=true]'
const BLOCK = /^(?:P|DIV|SECTION|ARTICLE|MAIN|HEADER|UL|OL|TABLE|TR|BLOCKQUOTE|PRE|FIGURE|H[1-6]|LI|BR|HR|DT|DD)$/
const MOST_LINKS = 50

/** Text with a line for each block, headings and list entries marked as in Markdown. */
function textOf(root: HTMLElement): string {
  const lines: string[] = ['']
  const add = (text: string) => {
    lines[lines.length - 1] += text
  }
  const walk = (node: HTMLElement): void => {
    for (const child of node.childNodes) {
      if (child.nodeType === NodeType.TEXT_NODE) add(child.text.replace(/\s+/g, ' '))
      if (child.nodeType !== NodeType.ELEMENT_NODE) continue
      const element = child as HTMLElement
      const isBlock = BLOCK.test(element.tagName ?? '')
      if (isBlock) lines.push('')
      const heading = /^H([1-6])$/.exec(element.tagName ?? '')
      if (heading) add(`${'#'.repeat(Number(heading[1]))} `)
      if (element.tagName === 'LI') add('- ')
      walk(element)
      if (isBlock) lines.push('')
    }
  }
  walk(root)
  return lines
    .map((line) => line.trim())
    .filter((line, index, all) => line !== '' || all[index - 1] !== '')
    .join('\n')
    .trim()
}

function linksOf(root: HTMLElement, base: string): PageText['links'] {
  const found = new Map<string, string>()
  for (const anchor of root.querySelectorAll('a[href]')) {
    const text = anchor.text.replace(/\s+/g, ' ').trim()
    const href = anchor.getAttribute('href') ?? ''
    if (text === '' || !URL.canParse(href, base)) continue
    const { href: url, protocol } = new URL(href, base)
    if (/^https?:$/.test(protocol) && !found.has(url)) found.set(url, text)
    if (found.size >= MOST_LINKS) break
  }
  return [...found].map(([url, text]) => ({ text, url }))
}

/** What a person would read of a page: its main part, without menus and scripts. */
export function readPage(html: string, address: string): PageText {
  const document = parse(html)
  const meta = (name: string) =>
    document.querySelector(`meta[name="${name}"],meta[property="og:${name}"]`)?.getAttribute('content')?.trim() ?? ''
  const title = document.querySelector('title')?.text.replace(/\s+/g, ' ').trim() || meta('title')
  const main = document.querySelector('main,article,[role=main]') ?? document.querySelector('body') ?? document
  for (const silent of main.querySelectorAll(SILENT)) silent.remove()
  const href = document.querySelector('base[href]')?.getAttribute('href') ?? ''
  const base = URL.canParse(href, address) ? new URL(href, address).href : address
  return { title, description: meta('description'), text: textOf(main), links: linksOf(main, base) }
}
