import { SelectField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { LANGUAGES, languageOf, speak } from '../../i18n/language.ts'
import { settingsQuery, useChangeSettings } from './use-settings.ts'

/** What the panel speaks on every device of the account. */
export function LanguageField() {
  const language = languageOf(useQuery(settingsQuery).data?.language) ?? ''
  const change = useChangeSettings(t('Language saved'))
  return (
    <SelectField
      label={t('Language')}
      description={t('Of the panel and of the assistant. The page is loaded again.')}
      disabled={change.isPending}
      options={[
        { value: '', label: t('As the browser') },
        ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
      ]}
      value={change.isPending ? (change.variables.language ?? '') : language}
      onValue={(next) => {
        const chosen = languageOf(next)
        change.mutate({ language: chosen }, { onSuccess: () => speak(chosen) })
      }}
    />
  )
}
