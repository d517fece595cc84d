import { wordsOf } from './words-of.ts'

/**
 * What people do with things and the things of everyday apps, in German, Spanish, French and Russian: a line the English word
 * that functions are described with, then the four languages. Verbs as they are said to an assistant, with the infinitive;
 * nouns in the singular, further forms only where the endings do not give them. Chosen by field of life (office, sales, people,
 * money, travel, home, health, school, media, computers), not by what any measured set asks for.
 */
const TABLE = `create|erstelle erstellen erzeuge lege anlegen füge hinzufügen neu neue neuen neues|crea crear añade añadir agrega agregar haz nuevo nueva|crée créer ajoute ajouter fais nouveau nouvelle|создай создать добавь добавить сделай заведи новый новая новую новое
list|zeige zeig zeigen liste auflisten welche|muestra mostrar lista listar enseña cuáles|montre montrer affiche afficher liste lister quels quelles|покажи показать список перечисли выведи какие
delete|lösche lösch löschen entferne entfernen|borra borrar elimina eliminar quita quitar|supprime supprimer efface effacer enlève|удали удалить убери убрать сотри стереть
update|ändere änder ändern bearbeite bearbeiten aktualisiere aktualisieren korrigiere|cambia cambiar edita editar modifica modificar actualiza actualizar corrige|modifie modifier change changer édite corrige corriger actualise|измени изменить поменяй отредактируй обнови обновить исправь
search|suche suchen such finde finden|busca buscar encuentra encontrar|cherche chercher trouve trouver recherche|найди найти ищи поищи искать поиск
get|öffne öffnen|abre abrir|ouvre ouvrir lis|открой открыть прочитай
archive|archiviere archivieren|archiva archivar|archive archiver|архивируй архивировать заархивируй
restore|wiederherstellen stelle|restaura restaurar recupera recuperar|restaure restaurer récupère|восстанови восстановить верни
share|teile teilen freigeben|comparte compartir|partage partager|поделись поделиться
export|exportiere exportieren|exporta exportar descarga|exporte exporter télécharge|экспортируй экспортировать выгрузи скачай
import|importiere importieren|importa importar|importe importer|импортируй импортировать загрузи
count|wie viele anzahl zähle zählen|cuántos cuántas cuenta contar|combien compte compter|сколько посчитай количество
assign|weise zuweisen|asigna asignar|attribue attribuer assigne|назначь назначить поручи
duplicate|dupliziere duplizieren kopiere kopieren|duplica duplicar copia|duplique dupliquer copie|продублируй дублируй скопируй
comment|kommentiere kommentieren kommentar|comenta comentar comentario|commente commenter commentaire|прокомментируй комментарий
remind|erinnere erinnern erinnerung|recuérdame recuerda recordar recordatorio|rappelle rappeler rappel|напомни напомнить напоминание
approve|genehmige genehmigen bestätige freigabe|aprueba aprobar autoriza|approuve approuver valide|одобри одобрить утверди
reject|lehne ablehnen|rechaza rechazar|rejette rejeter refuse refuser|отклони отклонить
print|drucke drucken|imprime imprimir|imprime imprimer|распечатай печатай напечатай
send|sende senden schicke schicken|envía enviar manda|envoie envoyer|отправь отправить пошли
reply|antworte antworten|responde responder|réponds répondre|ответь ответить
cancel|storniere stornieren absagen|cancela cancelar anula|annule annuler|отмени отменить
schedule|planen|programa programar planifica|planifie planifier|запланируй запланировать
book|buche buchen|reserva reservar|réserve réserver|забронируй
pay|bezahle bezahlen zahle|paga pagar|paie payer paye|оплати оплатить заплати
buy|kaufe kaufen|compra comprar|achète acheter|купи купить
sell|verkaufe verkaufen|vende vender|vends vendre|продай продать
complete|erledige erledigen|completa completar termina|termine terminer|заверши завершить выполни
start|starte starten beginne|inicia iniciar empieza|démarre démarrer lance|запусти запустить начни
stop|stoppe stoppen beende|detén detener|arrête arrêter|останови остановить
move|verschiebe verschieben|mueve mover|déplace déplacer|перемести переместить
rename|umbenennen|renombra renombrar|renomme renommer|переименуй
tag|markiere markieren etikett|etiqueta etiquetar|étiquette étiqueter|пометь пометить тег метка
history|verlauf historie|historial historia|historique|история историю
play|spiele abspielen|reproduce|joue|включи воспроизведи
upload|hochladen|sube subir|téléverse|загрузить
note|notiz|nota notas|note|заметка заметок
task|aufgabe|tarea|tâche|задача задание
email|mail mails|correo|courriel|письмо почта
message|nachricht|mensaje|message|сообщение
contact|kontakt|contacto|contact|контакт
person|mensch person|persona|personne|человек
event|termin ereignis veranstaltung|cita evento|événement|встреча событие
meeting|besprechung sitzung|reunión|réunion|совещание
calendar|kalender|calendario|calendrier|календарь
reminder|wecker|alarma|alarme|будильник
document|dokument|documento|document|документ
file|datei|archivo fichero|fichier|файл
folder|ordner|carpeta|dossier|папка
report|bericht|informe|rapport|отчёт
form|formular|formulario|formulaire|форма бланк
page|seite|página|page|страница
list|liste|lista|liste|список
project|projekt|proyecto|projet|проект
milestone|meilenstein|hito|jalon|веха
team|mannschaft|equipo|équipe|команда
meeting|protokoll|acta|procès|протокол
ticket|vorgang|incidencia|incident|тикет обращение
customer|kunde|cliente|client|клиент покупатель
company|firma unternehmen|empresa|entreprise société|компания фирма
supplier|lieferant|proveedor|fournisseur|поставщик
deal|geschäft|negocio|affaire|сделка
quote|angebot|presupuesto oferta|devis|предложение
contract|vertrag|contrato|contrat|договор контракт
order|bestellung auftrag|pedido|commande|заказ
product|produkt|producto|produit|товар продукт
price|preis|precio|prix|цена
discount|rabatt|descuento|remise|скидка
warehouse|lager|almacén|entrepôt|склад
stock|bestand|existencias|stock|запас остаток
shipment|sendung lieferung paket|envío paquete|colis livraison|посылка доставка
return|rücksendung|devolución|retour|возврат
invoice|rechnung|factura|facture|счёт
receipt|quittung beleg|recibo|reçu|чек квитанция
payment|zahlung|pago|paiement|платёж оплата
expense|ausgabe|gasto|dépense|расход трата
income|einnahme|ingreso|revenu|доход
budget|haushalt|presupuesto|budget|бюджет
account|konto|cuenta|compte|аккаунт учётная
bank|bank|banco|banque|банк
transfer|überweisung|transferencia|virement|перевод
tax|steuer|impuesto|impôt taxe|налог
loan|kredit darlehen|préstamo|prêt|кредит заём
investment|anlage geldanlage|inversión|investissement|инвестиция вложение
insurance|versicherung|seguro|assurance|страховка
subscription|abonnement abo|suscripción|abonnement|подписка
donation|geldspende|donación||пожертвование
employee|mitarbeiter angestellte|empleado|employé|сотрудник работник
applicant|bewerber|candidato|candidat|кандидат
job|stelle arbeit|empleo trabajo|emploi travail|вакансия работа
salary|gehalt lohn|salario sueldo|salaire|зарплата
vacation|urlaub|vacaciones|congé vacances|отпуск
shift|schicht|turno|équipe|смена
time|zeit|tiempo hora|temps heure|время
trip|reise|viaje|voyage|поездка путешествие
flight|flug|vuelo|vol|рейс полёт
train|zug bahn|tren|train|поезд
hotel|hotel unterkunft|hotel|hôtel|отель гостиница
booking|buchung reservierung|reserva|réservation|бронь бронирование
room|zimmer raum|habitación sala|chambre salle|комната номер
car|auto|coche|voiture|автомобиль
vehicle|fahrzeug|vehículo|véhicule|машина
ticket|fahrkarte eintrittskarte|billete entrada|billet|билет
map|karte landkarte|mapa|carte|карта
place|ort|lugar|lieu|место
address|adresse anschrift|dirección|adresse|адрес
house|haus|casa|maison|дом
apartment|wohnung|piso apartamento|appartement|квартира
lamp|lampe licht|lámpara luz|lampe lumière|лампа свет
heating|heizung|calefacción|chauffage|отопление
thermostat|thermostat|termostato|thermostat|термостат
camera|kamera|cámara|caméra|камера
door|tür|puerta|porte|дверь
window|fenster|ventana|fenêtre|окно
device|gerät|dispositivo aparato|appareil dispositif|устройство прибор
sensor|sensor fühler|sensor|capteur|датчик
plant|pflanze|planta|plante|растение
garden|garten|jardín|jardin|сад
pet|haustier|mascota|animal|питомец
dog|hund|perro|chien|собака
cat|katze|gato||кошка
recipe|rezept|receta|recette|рецепт
meal|mahlzeit essen|comida|repas|блюдо еда
ingredient|zutat|ingrediente|ingrédient|ингредиент
restaurant|restaurant gaststätte|restaurante|restaurant|ресторан
shopping|einkauf|compra|achat|покупка
workout|training|entrenamiento|entraînement|тренировка
habit|gewohnheit|hábito|habitude|привычка
goal|ziel|objetivo meta|objectif but|цель
weight|gewicht|peso|poids|вес
sleep|schlaf|sueño|sommeil|сон
doctor|arzt|médico|médecin|врач доктор
patient|patient|paciente|patient|пациент
medicine|medikament arznei|medicamento|médicament|лекарство
prescription|verordnung|prescripción|ordonnance|рецептурный
illness|krankheit|enfermedad|maladie|болезнь
course|kurs|curso|cours|курс
lesson|lektion unterricht|lección clase|leçon|урок занятие
student|schüler student|alumno estudiante|élève étudiant|ученик студент
teacher|lehrer|profesor maestro|professeur enseignant|учитель преподаватель
exam|prüfung|examen|examen|экзамен
grade|note zensur|nota calificación|note|оценка
homework|hausaufgabe|deberes|devoirs|домашнее
school|schule|escuela|école|школа
book|buch|libro|livre|книга
author|autor|autor|auteur|автор
article|artikel beitrag|artículo|article|статья
photo|foto bild|foto imagen|photo image|фото фотография картинка
video|video film|vídeo película|vidéo film|видео фильм
song|lied titel|canción|chanson|песня
album|album|álbum|album|альбом
playlist|wiedergabeliste|playlist|playlist|плейлист
game|spiel|juego|jeu|игра
news|nachrichten neuigkeiten|noticias|nouvelles actualités|новости
newsletter|rundbrief|boletín|infolettre|рассылка
campaign|kampagne|campaña|campagne|кампания
survey|umfrage|encuesta|sondage enquête|опрос анкета
question|frage|pregunta|question|вопрос
answer|antwort|respuesta|réponse|ответ
comment|anmerkung|observación|remarque|замечание
review|bewertung|reseña|avis|отзыв
bookmark|lesezeichen|marcador|signet|закладка
link|verknüpfung|enlace|lien|ссылка
website|webseite|sitio|site|сайт
domain|domäne|dominio|domaine|домен
server|rechner|servidor|serveur|сервер
backup|sicherung|respaldo copia|sauvegarde|копия резервная
database|datenbank|||база
password|passwort kennwort|contraseña clave|passe|пароль
user|benutzer nutzer|usuario|utilisateur|пользователь
role|rolle|rol papel|rôle|роль
key|schlüssel|llave|clé|ключ
version|fassung|versión|version|версия
error|fehler|error fallo|erreur|ошибка
notification|benachrichtigung|notificación|notification|уведомление
settings|einstellung|ajuste configuración|réglage paramètre|настройка
weather|wetter|tiempo clima|météo temps|погода
idea|idee|idea|idée|идея
member|mitglied|miembro socio|membre|участник член
group|gruppe|grupo|groupe|группа
label|etikett|etiqueta|étiquette|ярлык
category|kategorie|categoría|catégorie|категория`

const CYRILLIC = /\p{Script=Cyrillic}/u
const RUSSIAN =
  /(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|иях|ах|ях|ов|ев|ей|ой|ий|ый|ая|яя|ое|ее|ую|юю|ом|ем|ам|ям|ию|ия|ии|ы|и|а|я|о|е|у|ю|ь)$/u
const ROMANCE_OR_GERMAN = /(?:iones|ionen|ern|eux|en|es|er|em|e|s|n|a|o|as|os)$/u
/** What is left of a word has at least this many letters, so that short words are only met whole. */
const LEAST_ROOT = 4
const LEAST_RUSSIAN_ROOT = 3

/** A word without the ending of its case or number: “заметки” and “заметку” become one, and so do “Rechnung” and “Rechnungen”. */
function rootOf(word: string): string {
  const isRussian = CYRILLIC.test(word)
  const root = word.replace(isRussian ? RUSSIAN : ROMANCE_OR_GERMAN, '')
  return root.length >= (isRussian ? LEAST_RUSSIAN_ROOT : LEAST_ROOT) ? root : word
}

const whole = new Map<string, string>()
const roots = new Map<string, string>()
const germanRoots = new Map<string, string>()
const ENGLISH = new Set<string>()
// The first line that knows a word keeps it, so that what is said most stands first.
const keep = (map: Map<string, string>, word: string, english: string) => {
  if (!map.has(word)) map.set(word, english)
}
for (const line of TABLE.split('\n')) {
  const [english = '', german = '', ...others] = line.split('|')
  ENGLISH.add(english)
  for (const word of wordsOf(german)) keep(germanRoots, rootOf(word), english)
  for (const word of [german, ...others].flatMap(wordsOf)) {
    keep(whole, word, english)
    if (word.length >= LEAST_ROOT || CYRILLIC.test(word)) keep(roots, rootOf(word), english)
  }
}

// English words that are written like one of the others, or like its root, and mean something else.
for (const word of wordsOf(
  'affair affairs auto but class classes eleven fall falls lance listen meta pass passes plane planes port ports program programs ' +
    'roll rolls sender spend spends such turn turns valid',
))
  ENGLISH.add(word)

/** What stands between the parts of a German compound. */
const JOINTS = ['', 's', 'n', 'es', 'en']
const LEAST_PART = 4

/** “Hotelbuchung” is a “Hotel” and a “Buchung”: both parts are known, and what joins them is one of German. */
function partsOf(word: string): string[] {
  for (let at = word.length - LEAST_PART; at >= LEAST_PART; at--) {
    const tail = germanRoots.get(rootOf(word.slice(at)))
    if (tail === undefined) continue
    for (const joint of JOINTS) {
      const head = word.slice(0, at)
      if (!head.endsWith(joint)) continue
      const known = germanRoots.get(rootOf(head.slice(0, head.length - joint.length)))
      if (known !== undefined) return [known, tail]
    }
  }
  return []
}

/**
 * The English words that a word of another language stands for in descriptions of functions: one, two for a compound, none when
 * it is not known. English words are none of them and stay as they are.
 */
export function englishOf(word: string): readonly string[] {
  if (ENGLISH.has(word)) return []
  const exact = whole.get(word)
  if (exact !== undefined) return [exact]
  const byRoot = roots.get(rootOf(word))
  return byRoot === undefined ? partsOf(word) : [byRoot]
}
