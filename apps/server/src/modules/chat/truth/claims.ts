/** Kinds of finished actions that a text can claim, and that functions carry out. */
export type ActionKind = 'create' | 'delete' | 'update' | 'send' | 'schedule' | 'pay' | 'any'

interface Tongue {
  /** Words for a finished action, as an alternation, by kind. */
  readonly done: Readonly<Partial<Record<ActionKind, string>>>
  /** With one of these in front (words between allowed) it is a claim. Null: the words are one by themselves. */
  readonly helper: string | null
}

const NAMES = {
  create: 'created|made|added|saved|stored|written|noted|uploaded|drafted',
  delete: 'deleted|removed|erased|trashed|cleared|purged|wiped|revoked|suspended|cancell?ed|uninstalled',
  update:
    'updated|changed|renamed|edited|modified|moved|archived|completed|finished|marked|restored|enabled|disabled|installed|set up|checked off|ticked off',
  send: 'sent|e-?mailed|posted|published|shared|forwarded|replied|notified|invited|messaged',
  schedule: 'scheduled|booked|rescheduled|set a reminder|reserved',
  pay: 'paid|bought|purchased|ordered|transferred|refunded|charged',
} as const

const TONGUES: readonly Tongue[] = [
  { helper: "i|i've|we|we've|have|has|had|was|were|been|got|now|successfully|already|just|all", done: NAMES },
  {
    helper: null,
    done: {
      create:
        'создал[аи]?|создан[аоы]?|добавил[аи]?|добавлен[аоы]?|сохранил[аи]?|сохран[её]н[аоы]?|записал[аи]?|записан[аоы]?',
      delete:
        'удалил[аи]?|удал[её]н[аоы]?|стёрл?[аи]?|стер[лт]?[аоы]?|убрал[аи]?|отменил[аи]?|отмен[её]н[аоы]?|очистил[аи]?',
      update:
        'обновил[аи]?|обновл[её]н[аоы]?|изменил[аи]?|измен[её]н[аоы]?|переименовал[аи]?|переместил[аи]?|перемещ[её]н[аоы]?|завершил[аи]?|отметил[аи]?|отмечен[аоы]?',
      send: 'отправил[аи]?|отправлен[аоы]?|опубликовал[аи]?|опубликован[аоы]?|переслал[аи]?|переслан[аоы]?|ответил[аи]?',
      schedule: 'запланировал[аи]?|запланирован[аоы]?|забронировал[аи]?|забронирован[аоы]?',
      pay: 'оплатил[аи]?|оплачен[аоы]?|купил[аи]?|куплен[аоы]?|перев[её]л[аи]?',
    },
  },
  {
    helper: 'habe|hab|haben|wurde|wurden|worden|ist|sind|erfolgreich|bereits|soeben',
    done: {
      create: 'erstellt|angelegt|hinzugefügt|gespeichert|notiert|geschrieben|eingetragen',
      delete: 'gelöscht|entfernt|gestrichen|storniert|abgesagt|widerrufen',
      update: 'aktualisiert|geändert|umbenannt|verschoben|bearbeitet|erledigt|abgehakt|archiviert|markiert',
      send: 'gesendet|verschickt|versendet|geschickt|veröffentlicht|geteilt|weitergeleitet|beantwortet|benachrichtigt',
      schedule: 'geplant|gebucht|reserviert|terminiert',
      pay: 'bezahlt|gekauft|bestellt|überwiesen',
    },
  },
  {
    helper: 'he|ha|han|hemos|fue|fueron|sido|se|ya|correctamente|éxito',
    done: {
      create:
        'creado|creada|creados|creadas|creé|creó|añadido|añadida|añadí|guardado|guardada|guardé|agregado|agregada|agregué',
      delete:
        'eliminado|eliminada|eliminados|eliminadas|eliminé|eliminó|borrado|borrada|borrados|borradas|borré|borró|quitado|cancelado|cancelada',
      update:
        'actualizado|actualizada|actualicé|actualizó|cambiado|cambiada|modificado|modificada|movido|movida|renombrado|completado|completada|marcado|marcada',
      send: 'enviado|enviada|enviados|enviadas|envié|envió|publicado|publicada|publiqué|compartido|compartida|reenviado|respondido',
      schedule: 'programado|programada|reservado|reservada|agendado|agendada',
      pay: 'pagado|pagada|comprado|comprada|pagué|compré|transferido',
    },
  },
  {
    helper: "ai|j'ai|as|a|avons|ont|est|sont|été|succès",
    done: {
      create: 'créée?s?|ajoutée?s?|enregistrée?s?|sauvegardée?s?|notée?s?',
      delete: 'supprimée?s?|effacée?s?|retirée?s?|annulée?s?|révoquée?s?',
      update:
        'mise?s? à jour|modifiée?s?|changée?s?|renommée?s?|déplacée?s?|archivée?s?|terminée?s?|cochée?s?|marquée?s?',
      send: 'envoyée?s?|publiée?s?|partagée?s?|transférée?s?|répondu',
      schedule: 'planifiée?s?|programmée?s?|réservée?s?',
      pay: 'payée?s?|achetée?s?|commandée?s?|virée?s?',
    },
  },
  {
    helper: 'ho|ha|hanno|abbiamo|è|sono|stato|stata|stati|state|foi|foram|sido|com sucesso|con successo|eu',
    done: {
      create: 'creat[oaie]|aggiunt[oaie]|salvat[oaie]|criad[oa]s?|criei|adicionad[oa]s?|adicionei|salv[oa]s?',
      delete:
        'eliminat[oaie]|cancellat[oaie]|rimoss[oaie]|excluíd[oa]s?|excluí|apagad[oa]s?|apaguei|removid[oa]s?|removi',
      update: 'aggiornat[oaie]|modificat[oaie]|spostat[oaie]|atualizad[oa]s?|atualizei|alterad[oa]s?|movid[oa]s?',
      send: 'inviat[oaie]|pubblicat[oaie]|condivis[oaie]|enviad[oa]s?|enviei|publicad[oa]s?',
      pay: 'pagat[oaie]|acquistat[oaie]|pag[oa]s?|paguei|comprei',
    },
  },
  {
    helper: null,
    done: {
      create: '已(?:经)?(?:创建|添加|保存|新建)|作成しました|追加しました|保存しました|생성했|추가했|저장했',
      delete: '已(?:经)?(?:删除|移除|取消)|削除しました|消去しました|삭제했',
      update: '已(?:经)?(?:更新|修改|移动|完成)|更新しました|変更しました|수정했|완료했',
      send: '已(?:经)?(?:发送|发布|分享)|送信しました|共有しました|보냈|전송했',
    },
  },
]

const NOT =
  /(?<!\p{L})(?:not|no|never|nothing|none|cannot|unable|failed|fails?|without|neither|could(?:n't)? not|nicht|kein(?:e[nmrs]?)?|nichts|nie|ohne|не|ни|нет|ничего|никогда|без|nada|nunca|sin|ningun[oa]?|pas|rien|jamais|aucune?|sans|non|niente|mai|não|nunca|sem|[وف]?(?:لا|لم|لن|ليس\p{L}*|بدون|بلا)|كلا|أبدا)(?!\p{L})|n['’]t(?!\p{L})|没有|未|できません|ません(?!か)/iu

const edge = (words: string): string => `(?<!\\p{L})(?:${words})(?!\\p{L})`
const KINDS = ['create', 'delete', 'update', 'send', 'schedule', 'pay'] as const

const PATTERNS: readonly { readonly kind: ActionKind; readonly pattern: RegExp }[] = TONGUES.flatMap(
  ({ helper, done }) =>
    KINDS.flatMap((kind) => {
      const words = done[kind]
      if (words === undefined) return []
      const isScript = words.startsWith('已')
      const bare = isScript ? `(?:${words})` : edge(words)
      const shape =
        helper === null
          ? bare
          : `${edge(helper)}[^.!?\\n]{0,60}?${bare}|^[\\s>*\\-–•✓✅☑#]*${bare}|${bare}[^.!?\\n]{0,20}${edge('successfully|erfolgreich|correctamente|con éxito|avec succès|con successo|com sucesso')}`
      return [{ kind, pattern: new RegExp(shape, 'iu') }]
    }),
)

const SETTLED =
  /(?<!\p{L})(?:all set|all done|it['’]?s done|that['’]?s done|is (?:now )?done|consider it done|taken care of|mission accomplished|task completed|alles erledigt|ist erledigt|schon erledigt|всё готово|все готово|готово|сделано|выполнено|todo listo|ya está hecho|c['’]est fait|tout est fait|fatto|tutto fatto|está feito|pronto)(?!\p{L})|完成了|完了しました|^[\s*]*done[.!]?$/iu

/** Clauses: what a denial covers. A comma ends one, so that "No problem, I deleted it" denies nothing. */
const clauses = (text: string): string[] =>
  text
    .split(/(?<=[.!?…。！？])\s*|\n+|[,;:—–]\s+|\s+(?:and|but|und|aber|и|но|а|y|pero|et|mais|e|ma|mas)\s+/iu)
    .filter((clause) => clause.trim() !== '')

/** Words that ask, offer or explain: nothing is claimed as done in such a clause. */
const OFFER =
  /(?<!\p{L})(?:can|could|would|will|shall|should|may|might|if|when|once|after|before|want|like|to be|let me|kann|könnte|würde|soll|wenn|falls|möchte|können|могу|можно|если|хотите|чтобы|puedo|puede|quieres|si|cuando|peux|pouvez|voulez|lorsque|posso|quando|se vuoi|se quiser)(?!\p{L})|\?\s*$/iu

/** Whether a clause denies what it speaks of. */
export const isDenied = (clause: string): boolean => NOT.test(clause)

/** Whether a clause asks, offers or explains, and so states nothing. */
export const isOffered = (clause: string): boolean => OFFER.test(clause)

/** Every kind of finished action that a text asserts, sentence by sentence and clause by clause, in any known language. */
export function claimedActions(text: string): ReadonlySet<ActionKind> {
  const found = new Set<ActionKind>()
  for (const sentence of text.split(/(?<=[.!?…。！？])\s+|\n+/)) {
    const isQuestion = /[?？]\s*$/.test(sentence)
    for (const clause of clauses(sentence)) {
      if (NOT.test(clause) || OFFER.test(clause) || isQuestion) continue
      for (const { kind, pattern } of PATTERNS) if (pattern.test(clause.trim())) found.add(kind)
      if (SETTLED.test(clause)) found.add('any')
    }
  }
  return found
}

/** Words with which a question proper begins: what follows them states nothing. */
const ASKS =
  /^[^\p{L}\p{N}]*(?:which|what|who|whom|whose|where|when|why|how|do|does|did|is|are|was|were|(?:have|has) (?:you|i|we|it|they)|shall|welche[rsnm]?|wer|wen|wem|wo|wann|wie|warum|soll|hast du|haben sie|ist|sind|cu[aá]l(?:es)?|qu[eé]|qui[eé]n|d[oó]nde|cu[aá]ndo|c[oó]mo|quel(?:le)?s?|qui|où|quand|comment|est-ce|как\p{L}*|кто|что|где|когда|qual[ei]?|quais|chi|dove|quem|onde)(?!\p{L})/iu

/** What a question states before it asks: "I've deleted it, which one is next?" asks nothing about the deletion. */
export function statedBeforeAsking(text: string): string[] {
  const questions = text.split(/(?<=[.!?…。！？])\s+|\n+/).filter((sentence) => /[?？]\s*$/.test(sentence))
  return questions.flatMap((sentence) => {
    const parts = clauses(sentence.replaceAll(/\s+(?:-+|so|then|also)\s+/giu, ' — ')).map((clause) => clause.trim())
    const asking = parts.findIndex((clause, at) => at === parts.length - 1 || ASKS.test(clause))
    return parts.slice(0, asking)
  })
}

/** A sentence that asserts a finished action where none happened (K3.45). */
export const claimsAction = (text: string): boolean => claimedActions(text).size > 0

const VERBS: readonly [kind: ActionKind, verbs: RegExp][] = [
  [
    'delete',
    /(?:^|_)(?:delete|remove|trash|purge|clear|erase|wipe|revoke|suspend|cancel|uninstall|unsubscribe|drop|empty|destroy)(?:_|$)/,
  ],
  ['send', /(?:^|_)(?:send|reply|forward|post|publish|share|notify|invite|announce|message|email)(?:_|$)/],
  ['schedule', /(?:^|_)(?:schedule|book|reserve|remind)(?:_|$)/],
  ['pay', /(?:^|_)(?:pay|buy|purchase|order|transfer|refund|charge)(?:_|$)/],
  [
    'update',
    /(?:^|_)(?:update|edit|rename|change|set|mark|complete|toggle|move|archive|restore|finish|enable|disable|modify|append|install|pin)(?:_|$)/,
  ],
  ['create', /(?:^|_)(?:create|add|make|new|save|write|upload|draft|import|store|record|note)(?:_|$)/],
]

/** What a function does, by its name; `any` for a name that does not say. */
export const kindOf = (functionName: string): ActionKind =>
  VERBS.find(([, verbs]) => verbs.test(functionName))?.[0] ?? 'any'

const EASY: ReadonlySet<ActionKind> = new Set(['create', 'update', 'schedule'])

/** Whether a claimed kind is covered by one that happened. Creating and changing are said with the same words. */
export const covers = (happened: ActionKind, claimed: ActionKind): boolean =>
  happened === claimed || happened === 'any' || claimed === 'any' || (EASY.has(happened) && EASY.has(claimed))
