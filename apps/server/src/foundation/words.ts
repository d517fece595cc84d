/** Words of a text for matching: lower case, without marks, split at everything that is no letter or digit. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
}

/** A crude stem: joins "notes" with "note", "adding" with "add" and "created" with "create". */
export function stem(word: string): string {
  if (word.length < 4) return word
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/(x|ch|sh|ss)es$/, '$1')
    .replace(/([^siu])s$/, '$1')
  const plain = singular.length > 4 ? singular.replace(/(?:ing|ed)$/, '') : singular
  return plain.length > 4 ? plain.replace(/e$/, '') : plain
}

const EMPTY = new Set(
  'a an the to of for in on at my me i is are it this that and or with please can you what which how do does all'.split(
    ' ',
  ),
)

const LINKS = new Set('about called named titled saying that says from by as'.split(' '))

/** A word that says nothing by itself, such as "please" or "about". */
export function isFiller(word: string): boolean {
  return wordsOf(word).every((one) => EMPTY.has(one) || LINKS.has(one))
}

const stemmed = (words: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(words).map(([said, meant]) => [stem(said), stem(meant)]))

/** Verbs that people use for the same thing. */
const SYNONYMS: Readonly<Record<string, string>> = stemmed({
  make: 'create',
  new: 'create',
  write: 'create',
  add: 'create',
  remove: 'delete',
  erase: 'delete',
  trash: 'delete',
  find: 'search',
  look: 'search',
  todo: 'task',
  change: 'update',
  edit: 'update',
  rename: 'update',
  finish: 'complete',
  done: 'complete',
  display: 'list',
  show: 'list',
  see: 'list',
})

/**
 * Verbs and things in German, Spanish, French and Russian by the English word that functions are described with: a person who
 * speaks to the assistant without a model, or before one chooses, is understood in these languages as far as this goes.
 */
const FOREIGN: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    create:
      'erstelle erstell lege anlegen neue neu crea crear añade agrega crée créer ajoute nouvelle nouveau создай создать добавь новую новый',
    list: 'zeige zeig liste welche muestra mostrar lista montre montrer affiche liste покажи показать список какие',
    delete: 'lösche lösch löschen entferne borra borrar elimina eliminar supprime supprimer efface удали удалить убери',
    update: 'ändere änder bearbeite cambia cambiar edita modifie modifier change измени изменить',
    search: 'suche such finde busca buscar encuentra cherche chercher trouve найди найти поищи',
    get: 'öffne abre abrir ouvre ouvrir открой открыть',
    archive: 'archiviere archiva archivar архивируй',
    restore: 'wiederherstellen stelle restaura restaurer restaure восстанови',
    share: 'teile teilen comparte partage partager поделись',
    export: 'exportiere exporta exporte экспортируй',
    import: 'importiere importa importe импортируй',
    count: 'wie viele anzahl cuántos cuántas combien сколько',
    assign: 'weise zuweisen asigna attribue назначь',
    duplicate: 'dupliziere kopiere duplica duplique продублируй скопируй',
    comment: 'kommentiere comenta commente прокомментируй',
    remind: 'erinnere recuérdame recuerda rappelle напомни',
    approve: 'genehmige bestätige aprueba approuve одобри',
    print: 'drucke imprime распечатай',
    send: 'sende schicke envía enviar envoie envoyer отправь отправить',
    history: 'verlauf historial historique история',
    tag: 'etiqueta étiquette пометь',
    note: 'notiz notizen nota notas note заметку заметки заметка',
    task: 'aufgabe aufgaben tarea tareas tâche tâches задачу задачи задача',
    email: 'mail mails correo correos courriel courriels письмо письма почту',
    contact: 'kontakt kontakte contacto contactos контакт контакты',
    event: 'termin termine cita citas встречу встречи',
    invoice: 'rechnung rechnungen factura facturas facture factures счёт счета',
    order: 'bestellung bestellungen pedido pedidos commande заказ заказы',
    customer: 'kunde kunden cliente clientes client клиента клиенты',
    document: 'dokument dokumente documento документ документы',
    file: 'datei dateien archivo archivos fichier fichiers файл файлы',
    folder: 'ordner carpeta carpetas dossier папку папки',
    photo: 'foto fotos фото',
    recipe: 'rezept rezepte receta recette рецепт',
    expense: 'ausgabe ausgaben gasto gastos dépense расход',
    project: 'projekt proyecto projet проект проекты',
    product: 'produkt producto produit товар товары',
    song: 'lied canción chanson песню',
    book: 'buch libro livre книгу',
    message: 'nachricht nachrichten mensaje mensajes сообщение сообщения',
    calendar: 'kalender calendario calendrier календарь',
    server: 'сервер',
    course: 'kurs curso cours курс',
    exam: 'prüfung examen экзамен',
    contract: 'vertrag contrato contrat договор',
    vehicle: 'fahrzeug auto vehículo véhicule машину',
    plant: 'pflanze planta plante растение',
    article: 'artikel artículo статью',
  }).flatMap(([english, words]) => wordsOf(words).map((word) => [word, english])),
)

export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !EMPTY.has(word))
    .map((word) => FOREIGN[word] ?? word)
    .map(stem)
    .map((word) => SYNONYMS[word] ?? word)
}
