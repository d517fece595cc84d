import { safeUrl, type UrlRules } from '@imperal/contract/ui'
import type { ReactNode } from 'react'
import { memo, useMemo } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { CodeBlock } from './code-block.tsx'
import type { MarkdownProps } from './markdown.tsx'
import { remarkCallouts, splitStreaming, tolerant } from './markdown-source.ts'
import { SafeLink } from './safe-link.tsx'

const PLUGINS = [remarkGfm, remarkCallouts]

/** CommonMark with tables, task lists and callouts. HTML in it is shown as text; URLs pass the same rules as in trees. */
export const MarkdownBody = memo(function MarkdownBody({
  content,
  onNavigate,
  streaming = false,
  headingOffset = 1,
  rules,
}: MarkdownProps) {
  const { done, open } = streaming ? splitStreaming(content) : { done: content, open: '' }
  const components = useMemo(
    () => componentsFor(onNavigate, headingOffset, rules ?? {}),
    [onNavigate, headingOffset, rules],
  )
  return (
    <div className="im-markdown" dir="auto">
      <ReactMarkdown remarkPlugins={PLUGINS} components={components} urlTransform={(url) => url}>
        {tolerant(done)}
      </ReactMarkdown>
      {open === '' ? null : <pre className="im-markdown-open">{open}</pre>}
    </div>
  )
})

const CALLOUTS: Readonly<Record<string, readonly [title: string, icon: string, variant: string]>> = {
  note: ['Note', 'Info', 'info'],
  tip: ['Tip', 'CircleCheck', 'success'],
  important: ['Important', 'MessageSquareText', 'info'],
  warning: ['Warning', 'TriangleAlert', 'warn'],
  caution: ['Caution', 'CircleAlert', 'error'],
}

function componentsFor(onNavigate: MarkdownProps['onNavigate'], offset: number, rules: UrlRules): Components {
  const heading = (level: number) => {
    const Tag = `h${Math.min(6, level + offset)}` as 'h1' // one of the six heading elements
    return ({ children }: { children?: ReactNode }) => <Tag data-level={level}>{children}</Tag>
  }
  return {
    h1: heading(1),
    h2: heading(2),
    h3: heading(3),
    h4: heading(4),
    h5: heading(5),
    h6: heading(6),
    a: ({ href, children }) => (
      <SafeLink href={href ?? ''} onNavigate={onNavigate} rules={rules}>
        {children}
      </SafeLink>
    ),
    img: ({ src, alt }) => {
      const safe = typeof src === 'string' ? safeUrl(src, 'image', rules) : null
      if (safe === null) return <span className="im-muted">{alt || say('Image unavailable')}</span>
      return <img src={safe} alt={alt ?? ''} loading="lazy" decoding="async" referrerPolicy="no-referrer" />
    },
    // The box of a task; whoever hears the page hears what became of it.
    input: ({ checked }) => (
      <input
        type="checkbox"
        name="done"
        disabled
        checked={checked === true}
        readOnly
        aria-label={checked ? say('Done') : say('To do')}
      />
    ),
    table: ({ children }) => (
      <div className="im-markdown-table">
        <table>{children}</table>
      </div>
    ),
    pre: ({ node, children }) => {
      const code = node?.children[0]
      if (code?.type !== 'element') return <pre>{children}</pre>
      const text = code.children.map((child) => (child.type === 'text' ? child.value : '')).join('')
      const names = code.properties.className
      const info = Array.isArray(names)
        ? String(names.find((name) => String(name).startsWith('language-')) ?? '').slice(9)
        : ''
      const [language = '', ...file] = info.split(':')
      return <CodeBlock content={text} language={language} title={file.join(':')} />
    },
    blockquote: ({ node, children }) => {
      const callout = CALLOUTS[String(node?.properties['data-callout'] ?? '')]
      if (callout === undefined) return <blockquote>{children}</blockquote>
      const [title, icon, variant] = callout
      return (
        <div className="im-alert im-callout" data-variant={variant} role="note">
          <IconGlyph name={icon} size={16} />
          <div className="im-alert-text">
            <strong>{title}</strong>
            {children}
          </div>
        </div>
      )
    },
  }
}
