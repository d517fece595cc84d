import type { DoctorCheck } from '@imperal/contract'
import { CodeBlock, IconGlyph } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'

const MARKS = {
  ok: { icon: 'Check', tone: 'success', words: t('in order') },
  warn: { icon: 'TriangleAlert', tone: 'warning', words: t('deserves a look') },
  fail: { icon: 'X', tone: 'danger', words: t('needs repair') },
} as const
const RANK = { fail: 0, warn: 1, ok: 2 } as const

/** Findings of the doctor, the worst first; each opens to what it saw. */
export function CheckList({ checks }: { readonly checks: readonly DoctorCheck[] }) {
  const sorted = checks.toSorted((left, right) => RANK[left.status] - RANK[right.status])
  return (
    <ul className="pg-checklist">
      {sorted.map((check) => (
        <li key={check.name}>
          <Finding check={check} />
        </li>
      ))}
    </ul>
  )
}

function Finding({ check }: { readonly check: DoctorCheck }) {
  const mark = MARKS[check.status]
  const text = (
    <>
      <span className="pg-state" data-tone={mark.tone} title={mark.words}>
        <IconGlyph name={mark.icon} size={16} />
        <span className="im-hidden">{mark.words}: </span>
      </span>
      <span className="pg-finding">
        <strong>{check.name.charAt(0).toUpperCase() + check.name.slice(1)}</strong>
        <span>{check.summary}</span>
        {check.fix ? <span className="pg-fix">{check.fix}</span> : null}
      </span>
    </>
  )
  if (Object.keys(check.details).length === 0) return <div className="pg-finding-line">{text}</div>
  return (
    <details>
      <summary className="pg-finding-line">
        {text}
        <IconGlyph name="ChevronRight" size={14} className="pg-chevron" />
      </summary>
      <div className="pg-finding-more">
        <CodeBlock title={check.name} language="json" content={JSON.stringify(check.details, null, 2)} />
      </div>
    </details>
  )
}
