import { t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { KindBadge } from '../function-words.tsx'
import type { Suggestion } from './suggestions.ts'

export interface SuggestionListProps {
  readonly shown: readonly Suggestion[]
  readonly active: number
  readonly onTake: (suggestion: Suggestion) => void
}

/** Functions that fit the beginning of a command; the field above keeps the focus. */
export function SuggestionList({ shown, active, onTake }: SuggestionListProps) {
  return (
    <div id="suggestions" className="suggestions" role="listbox" aria-label={t('Functions')}>
      {shown.map((suggestion, index) => (
        <button
          key={suggestion.command}
          type="button"
          id={`suggestion-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
        >
          <AppIcon app={suggestion.app} size={16} />
          <code>{suggestion.command}</code>
          <span className="suggestion-text">{suggestion.fn.description}</span>
          <KindBadge kind={suggestion.fn.actionType} />
        </button>
      ))}
    </div>
  )
}
