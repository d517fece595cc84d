import { useMemo } from 'react'
import { type CodeToken, tokenize } from './highlight.ts'
import { CopyButton } from './states.tsx'

export interface CodeBlockProps {
  readonly content: string
  readonly language?: string
  readonly title?: string
  readonly lineNumbers?: boolean
}

/** Program text with a head, a copy button and its own scrolling. */
export function CodeBlock({ content, language = '', title = '', lineNumbers = false }: CodeBlockProps) {
  const code = content.endsWith('\n') ? content.slice(0, -1) : content
  const tokens = useMemo(() => tokenize(code, language), [code, language])
  const lines = useMemo(() => code.split('\n').length, [code])
  return (
    <div className="im-code">
      <div className="im-code-head">
        <span>{title || language}</span>
        <CopyButton text={code} label="Copy code" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="im-code-scroll" tabIndex={0} aria-label={title || `${language} code`.trim()}>
        {lineNumbers ? (
          <div aria-hidden className="im-code-gutter">
            {Array.from({ length: lines }, (_, line) => `${line + 1}\n`).join('')}
          </div>
        ) : null}
        <pre>
          <code>{tokens.map((token, index) => renderToken(token, index))}</code>
        </pre>
      </section>
    </div>
  )
}

function renderToken(token: CodeToken, index: number) {
  return token.kind === 'plain' ? (
    token.text
  ) : (
    <span key={index} className={`im-token-${token.kind}`}>
      {token.text}
    </span>
  )
}
