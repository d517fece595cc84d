import type { CatalogFunction } from '../apps/server/src/modules/kernel/types.ts'

/**
 * The labelled set of `npm run bench -- retrieval`: functions and utterances made from tables, not said by real people.
 * What is asked is worded otherwise than the functions are described, so that equal words alone do not decide.
 */

/** Singular in English, what people say instead, and the same in German, Spanish, French and Russian. */
const THINGS = `note|memo|Notiz|nota|note|заметку
task|todo|Aufgabe|tarea|tâche|задачу
email|message|E-Mail|correo|courriel|письмо
contact|person|Kontakt|contacto|contact|контакт
calendar event|appointment|Termin|cita|rendez-vous|встречу
invoice|bill|Rechnung|factura|facture|счёт
order|purchase|Bestellung|pedido|commande|заказ
product|item|Produkt|producto|produit|товар
customer|client|Kunde|cliente|client|клиента
document|file|Dokument|documento|document|документ
photo|picture|Foto|foto|photo|фото
song|track|Lied|canción|chanson|песню
recipe|dish|Rezept|receta|recette|рецепт
expense|cost|Ausgabe|gasto|dépense|расход
project|initiative|Projekt|proyecto|projet|проект
ticket|issue|Ticket|incidencia|ticket|тикет
deal|opportunity|Geschäft|negocio|affaire|сделку
employee|colleague|Mitarbeiter|empleado|employé|сотрудника
vacation request|leave|Urlaubsantrag|vacaciones|congé|отпуск
shipment|parcel|Sendung|envío|colis|посылку
flight|plane trip|Flug|vuelo|vol|рейс
hotel booking|room|Hotelbuchung|hotel|hôtel|отель
workout|training|Training|entrenamiento|entraînement|тренировку
habit|routine|Gewohnheit|hábito|habitude|привычку
book|novel|Buch|libro|livre|книгу
article|post|Artikel|artículo|article|статью
bookmark|link|Lesezeichen|marcador|signet|закладку
password|login|Passwort|contraseña|mot de passe|пароль
device|gadget|Gerät|dispositivo|appareil|устройство
lamp|light|Lampe|lámpara|lampe|лампу
thermostat|heating|Thermostat|termostato|thermostat|термостат
camera|cam|Kamera|cámara|caméra|камеру
plant|flower|Pflanze|planta|plante|растение
pet|animal|Haustier|mascota|animal|питомца
medicine|drug|Medikament|medicamento|médicament|лекарство
patient|sick person|Patient|paciente|patient|пациента
course|class|Kurs|curso|cours|курс
exam|test|Prüfung|examen|examen|экзамен
student|pupil|Schüler|alumno|élève|ученика
lesson|session|Lektion|lección|leçon|урок
survey|poll|Umfrage|encuesta|sondage|опрос
campaign|promotion|Kampagne|campaña|campagne|кампанию
newsletter|mailing|Rundbrief|boletín|infolettre|рассылку
domain|web address|Domain|dominio|domaine|домен
server|machine|Server|servidor|serveur|сервер
backup|copy|Sicherung|copia|sauvegarde|копию
vehicle|car|Fahrzeug|vehículo|véhicule|машину
budget|allowance|Budget|presupuesto|budget|бюджет
investment|stock|Anlage|inversión|placement|инвестицию
contract|agreement|Vertrag|contrato|contrat|договор`
  .split('\n')
  .map((line) => line.split('|'))

/** Name, description and, in six ways, how it is asked for; `{}` is the thing. */
const ACTS =
  `create_{}|Create a {} with the given details.|put a new {} in for me|lege eine {} an|crea {}|crée {}|создай {}
list_{}s|List the {}s, newest first.|which {}s do I have|zeige meine {}|muestra {}|montre {}|покажи {}
get_{}|Return one {} with all of its fields.|open the {} in full|öffne {}|abre {}|ouvre {}|открой {}
delete_{}|Delete one {} for good.|get rid of this {}|lösche {}|borra {}|supprime {}|удали {}
update_{}|Change the fields of one {}.|correct the {}|ändere {}|cambia {}|modifie {}|измени {}
search_{}s|Search {}s by words.|look for a {} about Berlin|suche {}|busca {}|cherche {}|найди {}
archive_{}|Move one {} to the archive.|put the {} away|archiviere {}|archiva {}|archive {}|архивируй {}
restore_{}|Bring an archived {} back.|bring the {} back|stelle {} wieder her|restaura {}|restaure {}|восстанови {}
share_{}|Share one {} with another user.|let Anna see this {}|teile {}|comparte {}|partage {}|поделись {}
export_{}s|Export {}s as a CSV file.|download my {}s as a table|exportiere {}|exporta {}|exporte {}|экспортируй {}
import_{}s|Import {}s from a CSV file.|load {}s out of a spreadsheet|importiere {}|importa {}|importe {}|импортируй {}
count_{}s|Count {}s by status.|how many {}s are there|wie viele {}|cuántos {}|combien de {}|сколько {}
tag_{}|Add a label to one {}.|label the {} as urgent|markiere {}|etiqueta {}|étiquette {}|пометь {}
assign_{}|Assign one {} to a user.|give this {} to Tom|weise {} zu|asigna {}|attribue {}|назначь {}
duplicate_{}|Make a copy of one {}.|clone this {}|dupliziere {}|duplica {}|duplique {}|продублируй {}
comment_on_{}|Write a comment on one {}.|leave a remark on the {}|kommentiere {}|comenta {}|commente {}|прокомментируй {}
remind_about_{}|Set a reminder about one {}.|nudge me about the {} tomorrow|erinnere mich an {}|recuérdame {}|rappelle-moi {}|напомни про {}
approve_{}|Approve one {} that waits.|say yes to the {}|genehmige {}|aprueba {}|approuve {}|одобри {}
print_{}|Print one {} as a PDF file.|make a PDF of the {}|drucke {}|imprime {}|imprime {}|распечатай {}
{}_history|Show who changed a {} and when.|who touched the {} last|Verlauf {}|historial {}|historique {}|история {}`
    .split('\n')
    .map((line) => line.split('|'))

const snake = (text: string): string => text.replaceAll(' ', '_')

export interface Utterance {
  readonly text: string
  readonly language: 'en' | 'de' | 'es' | 'fr' | 'ru'
  /** `app.function`. */
  readonly wanted: string
}

const LANGUAGES = ['en', 'de', 'es', 'fr', 'ru'] as const

const functionOf = (thing: readonly string[], act: readonly string[], suffix = ''): CatalogFunction => {
  const [name = ''] = thing
  const [pattern = '', description = ''] = act
  return {
    appId: `${snake(name).replaceAll('_', '-')}s${suffix}`,
    appName: `${name.charAt(0).toUpperCase()}${name.slice(1)}s${suffix}`,
    name: pattern.replace('{}', snake(name)),
    description: description.replaceAll('{}', name),
    actionType: 'read',
    paramsSchema: { type: 'object', properties: {} },
    returnSchema: {},
    idProjection: '',
    effects: [],
    ownerChatTool: '',
    chainCallable: true,
  }
}

/** 1,000 functions of 50 apps; further thousands are apps for teams of the same kinds, which nobody asks for. */
export function functionsOf(count: number): CatalogFunction[] {
  const all: CatalogFunction[] = []
  for (let round = 0; all.length < count; round++)
    for (const thing of THINGS)
      for (const act of ACTS) all.push(functionOf(thing, act, round === 0 ? '' : `-team${round}`))
  // A smaller catalog keeps whole apps.
  return all.slice(0, count)
}

/** 350 utterances: seven for each thing, of which three are English (one with the other word) and one of each further language. */
export function utterances(): Utterance[] {
  return THINGS.flatMap((thing, index) =>
    Array.from({ length: 7 }, (_, turn) => {
      const act = ACTS[(index * 7 + turn * 3) % ACTS.length] ?? []
      const language = LANGUAGES[Math.max(0, turn - 2)] ?? 'en'
      const word = turn === 1 ? thing[1] : (thing[turn < 3 ? 0 : turn - 1] ?? thing[0])
      const asked = act[2 + LANGUAGES.indexOf(language)] ?? ''
      const wanted = functionOf(thing, act)
      return { text: asked.replace('{}', word ?? ''), language, wanted: `${wanted.appId}.${wanted.name}` }
    }),
  )
}
