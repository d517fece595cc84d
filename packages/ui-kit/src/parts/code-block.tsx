import { Fragment, useEffect, useMemo, useState } from 'react'
import { say } from '../words.ts'
import type { CodeToken } from './highlight.ts'
import { CopyButton } from './states.tsx'

export interface CodeBlockProps {
  readonly content: string
  readonly language?: string
  readonly title?: string
  /** What the text is to whoever hears the page; its title or language without one. */
  readonly label?: string
  readonly lineNumbers?: boolean
}

/** Program text with a head, a copy button and its own scrolling; plain first, in colour when the highlighter is there. */
export function CodeBlock({ content, language = '', title = '', label = '', lineNumbers = false }: CodeBlockProps) {
  const code = content.endsWith('\n') ? content.slice(0, -1) : content
  const lines = useMemo(() => code.split('\n').length, [code])
  const tokens = useTokens(code, language)
  return (
    <div className="im-code">
      <div className="im-code-head">
        <span>{title || language}</span>
        <CopyButton text={code} label={say('Copy code')} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and a region for every snippet would be too many */}
      <div
        role="group"
        className="im-code-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label || title || `${language} code`.trim()}
      >
        {lineNumbers ? (
          <div aria-hidden className="im-code-gutter">
            {Array.from({ length: lines }, (_, line) => `${line + 1}\n`).join('')}
          </div>
        ) : null}
        <pre>
          <code>{tokens === null ? code : tokens.map((line, index) => renderLine(line, index))}</code>
        </pre>
      </div>
    </div>
  )
}

type Lines = readonly (readonly CodeToken[])[]

/** The text in colour once the highlighter has read it; null until then and for languages that it does not know. */
function useTokens(code: string, language: string): Lines | null {
  const [read, setRead] = useState<{ readonly code: string; readonly lines: Lines | null }>({ code: '', lines: null })
  useEffect(() => {
    if (language === '' || code === '') return
    let left = false
    import('./highlight.ts')
      .then(({ highlight }) => highlight(code, language))
      .then(
        (lines) => left || setRead({ code, lines }),
        () => undefined, // offline or redeployed: plain text stays readable
      )
    return () => {
      left = true
    }
  }, [code, language])
  return read.code === code ? read.lines : null
}

function renderLine(line: readonly CodeToken[], index: number) {
  return (
    <Fragment key={index}>
      {index === 0 ? null : '\n'}
      {line.map((token, at) =>
        token.color === '' ? (
          token.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
          <span key={at} style={{ color: token.color }}>
            {token.text}
          </span>
        ),
      )}
    </Fragment>
  )
}
