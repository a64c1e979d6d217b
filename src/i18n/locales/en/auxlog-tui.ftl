# Messages of auxlog-tui.
app-title = Work log of enforcement auxiliaries

## Commands: name and explanation. Ids as in the command table, dots as hyphens.

command-help = Help
    .doc = Commands and keys that work here; searchable, Enter runs
command-go-today = Today
    .doc = Today's work, what is open, what falls due
command-go-log = Log
    .doc = Log a task, judged while you type
command-go-plan = Plan
    .doc = See and make plans, judged before anyone is sent
command-go-tasks = Tasks
    .doc = See and filter logged tasks
command-go-review = Review
    .doc = Review flagged tasks
command-go-staff = Staff
    .doc = Auxiliaries and officers
command-go-law = Law
    .doc = Read and search the articles and the rules
command-go-sync = Sync
    .doc = Stored here, received by the server, pending
command-palette = Commands
    .doc = Find a command by name or id
command-back = Back
    .doc = Close what is open, or go back
command-lock = Lock
    .doc = Lock the screen and forget the keys; drafts are saved
command-theme-next = Theme
    .doc = Dark, light, sunlight, monochrome
command-language-switch = Language
    .doc = Chinese or English
command-glyphs-switch = Marks
    .doc = ASCII marks, where frames are out of line
command-suspend = Suspend
    .doc = Give the terminal back for a while; fg returns
command-quit = Quit
    .doc = End the program; what was saved and typed stays
command-list-open = Open
    .doc = Open the selected line
command-list-search = Search
    .doc = Into the search field
command-list-up = Up
    .doc = Select the line above
command-list-down = Down
    .doc = Select the line below
command-list-page-up = Page up
    .doc = A page up
command-list-page-down = Page down
    .doc = A page down
command-list-first = First
    .doc = To the first line
command-list-last = Last
    .doc = To the last line
command-form-next = Next
    .doc = To the next field
command-form-previous = Previous
    .doc = To the field before
command-form-activate = Choose
    .doc = Open, press or choose what has the focus
command-text-undo = Undo
    .doc = Take back the last change of the text
command-text-redo = Redo
    .doc = Make it again
command-text-clear = Clear
    .doc = Empty the field
command-text-delete-word = Delete word
    .doc = Delete the word before the caret
command-log-save = Save
    .doc = Save the task
command-tasks-refresh = Refresh
    .doc = Read the tasks again
command-review-decide = Decide
    .doc = Decide the selected flag
command-staff-file = File
    .doc = Everything the registers hold about somebody, in time
command-staff-new = New entry
    .doc = Make a new entry in this register
command-staff-step = Take a step
    .doc = Take the entry further: confirm, suspend, recall and so on
command-staff-correct = Correct
    .doc = Correct the entry and say why; the record stays
command-staff-annul = Annul
    .doc = Annul the entry and say why; it stays visible
command-staff-save = Save
    .doc = Save the entry or step that is being written
command-staff-next = Next page
    .doc = People, registers, what falls due: to the next of them
command-staff-previous = Page before
    .doc = What falls due, registers, people: to the one before
command-go-registers = Registers
    .doc = The agency's registers: training, certificates, agreements
command-go-due = Falls due
    .doc = What falls due in the registers, the soonest first
command-staff-refresh = Refresh
    .doc = Read roster and registers again
command-law-part = Part
    .doc = From the regulation to the laws above it and the rules, and back
command-sync-settle = Settle
    .doc = Open the selected conflict; a correction that knows of both settles it
command-staff-law = Provision
    .doc = Read the provision behind what stands against somebody
command-sync-now = Sync now
    .doc = Synchronise with the server now

## Hints

engine-panicked = A fault of the program: this step may not be done; what was saved is safe. Look, and try again
hint-input-method = The input method is in Chinese mode: press Shift, or use the function keys; F1 helps
too-small = The window is too small ({ $width }×{ $height }): make it { $columns }×{ $rows } or more.
status-counts = stored { $stored } · received { $received } · pending { $pending }
status-alone = stored { $stored } · not joined to a server
palette-title = Commands
picker-nothing = Nothing found: type otherwise, or clear with Ctrl-U
palette-placeholder = name or id
help-title = Help: what can be done here
help-not-now = not now
confirm-title = Please confirm
confirm-yes = Yes
confirm-no = No

## Unlocking

unlock-title = Unlock
unlock-officer = Officer (up and down choose)
unlock-passphrase = Passphrase
unlock-looking = Reading...
unlock-hint = Type the passphrase, then Enter
unlock-empty = Type the passphrase first
unlock-again = You may try again now
unlock-opening = Opening...
unlock-rebuilding = Rebuilding the index from the records: { $done } / { $all }
}: close it first.
open-io = { $path }: { $why }

## What could not be done

## Checking keymaps

keymap-syntax = not well formed: { $message }
keymap-unknown-preset = there is no keymap called { $name }
keymap-unknown-scope = there is no scope called [{ $name }]
keymap-unknown-command = there is no command called { $name }
keymap-and-more = { $first }; { $more } more, run auxlog keys check
keymap-did-you-mean = ; did you mean { $meant }?
keymap-wrong-scope = { $name } belongs in [{ $belongs }], not in [{ $scope }]
keymap-unknown-key = there is no key called { $name }
keymap-not-bound = { $keys } was not bound in [{ $scope }] anyway
keymap-conflict = { $keys } already runs { $first }, and here { $second }
keymap-shadowed = { $keys } can't be reached: { $by } runs something first
keymap-hides = { $keys } no longer runs { $hidden } in [{ $scope }], and it has no other key: only the palette runs it there
keymap-unreachable = { $command } has no key that works while an input method is on, and every other command is reached by it: bind a function key, an arrow, Enter, Esc or Ctrl with a letter
keymap-not-ime-safe = no key of { $command } ({ $keys }) works while a Chinese input method is on: add a function key, an arrow or Ctrl and a letter

## Logging

command-log-accept = Accept
    .doc = Accepts everything suggested or carried over
command-log-again = Again
    .doc = The last task again, for other auxiliaries
command-log-split = Split
    .doc = The officer left: saves up to here, the rest becomes a task of its own
command-log-plan = Plan
    .doc = Plans it so; if improper, with the reason
command-log-templates = Templates
    .doc = Use a template, or keep the form as one
command-log-order = Order
    .doc = Begin with the text, or with the fields, from now on
command-log-discard = Clear
    .doc = Empties the form; once more brings it back
log-pick-auxiliaries = Choose auxiliaries
log-pick-officers = Choose officers
log-pick-duties = Choose duties
log-pick-circumstances = Choose circumstances
log-picker-hint = Name, pinyin initials, number; Tab marks several, Enter takes them
log-duties-picker-hint = Duty, pinyin initials, item; Tab marks several, Enter takes them
log-circumstances-picker-hint = Tab marks several, Enter takes them
log-not-on-roster = not on the roster
log-recused = must stand aside
log-related = knows the counterpart
log-pick-hint = Type a name, pinyin initials or a number
log-duties-hint = Type a duty, pinyin initials or an item, e.g. 16.2
log-circumstances-hint = Nothing special: go on; Enter chooses
log-text-hint = A line on what was done; what is read from it is marked "suggested" and not recorded until accepted
log-legal-basis-hint = Law, regulation or rule, with its article
log-start-hint = { $opened } (form opened)
log-end-hint = hh:mm, e.g. 1015
log-suggested = suggested
log-carried = carried over
log-officer = { $name } ({ $certificate })
log-unread = not a time
log-verdict-title = Verdict
log-begin = The verdict and the articles appear here as you fill in the form.
    Tab or the arrows go from field to field, Ctrl-S saves.
log-says-nothing = Choose a duty or say what was done
log-no-time = Not a time: write 930, 9:30 or 11-23 0930
log-ends-before-start = It ends before it begins
log-saved = Saved as no. { $seq } · { $verdict }
log-saved-flagged = Saved as no. { $seq } · { $verdict }, put up for review
log-plan-title = Improper? Plan it all the same
log-plan-why = Why it is sent all the same; the reason is recorded
log-planned = Saved: plan
log-correct-title = Correction
log-correct-why = Why it is corrected; the record stays
log-corrected = Saved: correction
log-correcting = Correcting { $reference }: Ctrl-S when done, with the reason
log-last-saved = Saved as no. { $seq } ({ $at })
log-not-saved = Not saved: { $why }
log-draft-kept = draft kept
log-draft-unreadable = The draft cannot be read; this is a new form
log-draft-restored = The unsaved draft is back
log-draft-in-the-way = The form holds something unsaved: save or clear it first
log-discarded = Cleared; once more brings it back
log-planning = Plan: Ctrl-S saves; what is likely improper needs a reason
log-plan-begin = Sending somebody: the plan is judged here before anyone goes.
    Tab or the arrows change the field, Ctrl-S saves the plan.
log-plan-start-hint = e.g. tomorrow 0930
log-templates = Templates
log-template-keep = Keep this form as a template …
log-template-name = Name of the template
log-template-drop = Remove a template …
log-template-kept = Kept as a template: { $name }
log-template-dropped = Template removed: { $name }
log-no-templates = No templates yet: fill in the form, then keep it as one
log-text-first = The form begins with the text; once more changes it back
log-fields-first = The form begins with the fields; once more changes it back
shelf-hint = name or initials
shelf-unnamed = Give it a name
log-attach-title = Attachment
log-attach-path = path of the file; or drop the file on the window
log-attach-hint = Enter, or drop a file
log-attaching = Keeping the attachment …
log-attached = Kept here, encrypted: { $name }; it goes with the record when that is saved
field-attachments = Attachments

## Common words

list-separator = {", "}
loading = Reading...
certificate-missing = none
certificate-not-yet = from { $from }
certificate-valid = valid
certificate-valid-until = until { $until }
certificate-last-day = last day today
certificate-due = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
certificate-expired = lapsed { $until }
certificate-not-yet-brief = not yet valid
certificate-expired-brief = lapsed
certificate-short = certificate valid
certificate-none-short = no valid certificate
panel-findings = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}
panel-proper = To make it proper: { $changes }
panel-more = { $key }: more
panel-remedy = What to do: { $remedy }
panel-answers = Answerable: { $who }
panel-consequence = What may follow  { $cited }
panel-basis = Basis
task-annulled = annulled
task-conflict = conflict
decision-take-statement = Take statement
weekday = { $day ->
        [Mon] Monday
        [Tue] Tuesday
        [Wed] Wednesday
        [Thu] Thursday
        [Fri] Friday
        [Sat] Saturday
       *[Sun] Sunday
    }
weekday-short = { $day ->
        [Mon] Mo
        [Tue] Tu
        [Wed] We
        [Thu] Th
        [Fri] Fr
        [Sat] Sa
       *[Sun] Su
    }
column-when = When
column-verdict = Verdict
column-people = Auxiliaries
column-text = What
column-place = Place
column-officer = Logged by
column-status = Status
column-age = Waiting
column-turn = Whose turn
column-name = Name
column-number = Number
column-agency = Unit
column-certificate = Certificate
column-sendable = May be sent
row-received = received
row-pending = pending
reason-needed = State the reason
measure-needed = State the measure taken
acknowledgement-needed = The auxiliary must acknowledge it first
prompt-hint = Enter confirms, Esc leaves

## Today

command-today-calendar = Calendar
    .doc = The calendar and counts of the last weeks; once more goes back

today-logged = { $tasks ->
    [one] { $tasks } task today
   *[other] { $tasks } tasks today
}
today-shift = { $people ->
    [one] 1 auxiliary
   *[other] { $people } auxiliaries
} { $span }
today-stored = stored here { $count }
today-alone = not joined to a server
today-received = received by the server { $count }
today-pending = pending { $count }
today-flags = Open flags ({ $count })
today-planned = Planned for today ({ $count })
today-done = done
today-to-do = to do
today-no-flags = No flag awaits a decision
today-tasks = Logged today ({ $count })
today-own-held = { $count } records of this laptop are not in the log (held or set aside): F8 Sync lists them
today-awaiting = Awaiting you: { $held } held, { $aside } set aside, { $others } others: F8 Sync lists them
today-soon = { $count ->
    [one] { $count } entry of the registers falls due
   *[other] { $count } entries of the registers fall due
} within 30 days: F6 Staff → Falls due
today-incidents = { $count } incidents in the log in the last 14 days: F8 Sync lists them
today-no-tasks = Nothing logged yet today; F3 begins
today-due = Falling due ({ $count })
today-no-due = Nothing falls due soon
today-calendar = Calendar
today-calendar-weeks = The last { $weeks } weeks, a cell a day
today-fortnight = Last 14 days
today-calendar-key = { $key } calendar
today-spark-tasks = tasks
today-spark-flags = flags
due-work-certificate = work certificate (Art. 21)
due-officer-certificate = enforcement certificate
due-training = training (Art. 21)
due-assessment = assessment (Art. 21)
due-review = periodic review (Article 21)
due-open = not passed
due-today = last day today
due-past = { $days } days ago
due-in = in { $days } days

## Plan

command-plan-new = New plan
    .doc = Plan a task, judged before anyone is sent
command-plan-carry-out = Log it
    .doc = Log what was planned, under its reference
command-plan-call-off = Call off
    .doc = Call the plan off and say why; the record stays
command-plan-law = Article
    .doc = Read the article behind the verdict
plan-head = { $waiting } to be done, { $improper } of them likely improper
plan-none = Nothing planned. { $key } makes a plan.
plan-overdue = not logged
plan-called-off = called off
plan-by = Planned by
plan-reason = Sent all the same
plan-call-off-title = Call the plan off
plan-call-off-why = Say why; the record stays

## Tasks

command-tasks-like = Log alike
    .doc = Logs another task like this one
command-tasks-review = Review
    .doc = Goes to the review of this task
command-tasks-law = Article
    .doc = Reads the provision behind the verdict
command-tasks-correct = Correct
    .doc = Corrects this task, with the reason; the record stays
command-tasks-annul = Annul
    .doc = Marks the task as annulled, with the reason; the record stays
command-tasks-views = Views
    .doc = Use a view of the list, or keep the filter as one
command-tasks-export = Export
    .doc = Write the list or the task as a workbook, CSV, JSON or evidence
command-tasks-print = Sign-off sheet
    .doc = Make a sheet to print and sign
tasks-filter = Filter
tasks-filter-hint = Ctrl-F: improper open 16.2 this-month place:road a name, words
tasks-total = { $total } in all
tasks-none = No task has been logged yet
tasks-none-found = No task fits
tasks-annul-title = Annul
tasks-annul-why = Why it is annulled; the record stays, the mark is visible (Art. 17(5))
view-today = Today
view-today-line = today
view-open = Undecided
view-open-line = open
view-improper = Likely improper this month
view-improper-line = this-month improper
view-week = This week
view-week-line = this-week
views-title = Views
views-keep = Keep “{ $line }” as a view …
views-name = Name of the view
views-drop = Remove a view …
views-kept = Kept as a view: { $name }
views-dropped = View removed: { $name }
export-title = Export as
export-hint = form
export-xlsx = Workbook xlsx
export-xlsx-doc = opens in a spreadsheet
export-csv = Table csv
export-csv-doc = text, values between commas
export-json = JSON
export-json-doc = an object a line, for programs
export-sheet = Sign-off sheet
export-sheet-doc = to print from a browser, with lines for signatures
export-evidence = Evidence
export-evidence-doc = proves itself: auxlog verify FILE
export-file-list = tasks
export-file-sheet = sign-off
export-file-evidence = -evidence
export-path-title = { $form }: to which file
export-path-hint = file name; a file that is there is not replaced
export-no-path = Give a file name
export-working = Writing the file …
export-done = { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
} written: { $path }
detail-fact = { $label }: { $value }
detail-logged-by = Logged by
detail-over-limits = Over its limits: a record here holds more than can be stated with this program
detail-late = Logged late: recorded more than a day after it was done ({ $recorded })
detail-doubtful = Time doubtful: the record's time does not go with when the server received it
detail-conflict = Conflict: { $fields } was corrected twice without knowledge of each other; choose one
detail-found = Verdict and articles ({ $rulebook })
detail-differs = { $who }: stated otherwise than on the roster ({ $facts })
detail-history = Records ({ $count })
detail-record = { $at } { $by }: { $what }
detail-chain = chain { $writer } no. { $seq } hash { $hash }
detail-receipt = server's receipt held
detail-no-receipt = no server's receipt yet
detail-void = Without effect: { $why }
detail-before-joining = Before joining: the laptop had no server then
detail-first-rules = By the rules of 0.1.0, which did not ask for facts, evidence and a hearing first
detail-before = before
detail-after = after
detail-annulled = Annulled: the record stays (Article 17(5))
detail-judged = Judged { $verdict } ({ $rulebook })
detail-reason = Reason: { $reason }
detail-measure = Measure: { $measure }
detail-waived = { $who } waives a statement
detail-statement = { $who } states: { $text }
detail-acknowledged = acknowledged by the auxiliary
detail-not-acknowledged = not acknowledged
event-logged = logged
event-planned = planned
event-amended = corrected
event-annulled = annulled
event-statement = statement and defence
event-attachment = attachment
event-masked = masked by order
event-rejudged = judged again
event-other = other record
event-newer = needs a newer version to be shown

## Review

command-review-save = Save
    .doc = Stores the step that is being written
command-review-export = Export file
    .doc = Write the task with every step as a file of evidence that proves itself
command-review-law = Article
    .doc = Reads the provision behind the finding
review-none = No flag awaits a decision.
review-total = { $flags } to decide, { $sampled } sampled: gravest first, then longest waiting
review-yours = This one is yours to decide: Enter chooses a step
review-own = Logged or arranged by yourself: you may note and propose, another officer decides
review-nobody-left = All took part in it: have the administrator enrol a reviewer from outside
review-decided = Decided; notes may be added
review-steps-title = Steps
review-steps-hint = name of a step
review-reason = Facts and reason
review-reason-hint = The facts, the evidence, the reason (Art. 30)
review-measure = Measure taken
review-measure-hint = E.g. corrected at once, verified again by an officer
review-who = Who states
review-statement-words = Statement and defence
review-statement-hint = In the auxiliary's own words; empty where it is waived
review-acknowledged = Acknowledged
review-acknowledged-yes = yes
review-acknowledged-no = no
review-sending = Saving...
review-writing-keys = Tab goes on, Ctrl-S saves, Esc leaves
review-saved = Saved: { $step }
step-note = a remark, decides nothing
step-propose = how to decide
step-confirm = it stands; measure taken
step-dismiss = it does not stand; why
step-reopen = another officer has it decided anew; why
step-statement = to be heard (Art. 30)
step-take-statement = taken down, acknowledged
step-measure = a measure of Art. 29
step-return = in serious cases (Art. 29)
step-transfer = suspected crime (Art. 29)
closed-own-short = another decides
closed-decided-short = decided
closed-undecided-short = not decided
closed-not-asked-short = ask first
closed-not-heard-short = hear first
closed-not-theirs-short = not theirs
closed-role-short = not this role
closed-nobody-short = key not certified
closed-own-decision-short = another officer
closed-not-given-again-short = not given again
closed-unsaid-short = not said why
closed-emptied-short = the log says so
closed-nothing-short = nothing found
closed-no-facts-short = facts first
closed-no-evidence-short = evidence first
step-facts = what was established (Art. 30)
step-evidence = what shows it (Art. 30)
step-sample-confirm = Not as it was logged: say what is wrong and what was done
step-sample-dismiss = As it was logged: say what you looked at
review-facts = Facts
review-facts-hint = When, where, who did what; only what was established (article 30)
review-evidence = Evidence
review-evidence-hint = Each piece and what it shows: photos, notes, witnesses, attachments (article 30)
review-against = Against whom
review-measure-correct = What to correct, by when
review-measure-correct-hint = e.g. study article 16 again within three days; no checks alone
review-measure-criticise = Before whom
review-measure-criticise-hint = e.g. all staff of the brigade
review-measure-return = What makes it serious, to which company
review-measure-return-hint = e.g. third inspection alone in a month; to the dispatching company
review-measure-transfer = To which authority, for what
review-measure-transfer-hint = e.g. city police: suspected of taking cash as an officer
words-needed = Please say: { $what }
review-sample = Sample: judged permitted. Is it logged as it happened? Enter for the steps
review-draft = A step about { $reference } is half written: open it to go on
row-late = late · { $text }
row-doubtful = Time doubtful · { $text }
row-sampled = sampled
cites-title = Which provision
cites-hint = Number, words or initials
detail-against = Against: { $who }
age-today = today
age-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
turn-you = yours
turn-another = another's
turn-statement = statement due

## Staff

command-staff-duty = Whom to send
    .doc = For a duty: who may be sent now, and why not
staff-search = Search
staff-search-hint = Name, pinyin initials, number, agency
staff-total = { $total ->
    [one] { $total } person
   *[other] { $total } people
}
staff-for-duty = To be sent for: { $duty }
staff-for-any = By the person's own facts; Ctrl-E chooses a duty
staff-none-found = Nobody found
staff-duty-title = Sent for what
staff-sendable = may be sent
staff-sendable-long = may be sent now
staff-status = Status
staff-certificate = Work certificate
staff-training = Training
staff-assessment = Last assessment
staff-born = Born
staff-qualifications = Qualifications
staff-company = Dispatched by
staff-recusal-decided = Recused from { $counterpart } { $relation }
staff-recusal-known = Related to { $counterpart }, recusal not decided { $relation }
staff-fitness = May be sent
staff-duties = Duties done
staff-counts = { $tasks } in all: { $permitted } permitted, { $review } for review, { $improper } improper?; { $open } open
staff-item = { $item } { $times } times
staff-tasks = Latest tasks
staff-tab-people = People
staff-tab-registers = Registers
staff-tab-due = Falls due
registers-register = Register
registers-cites = Basis
registers-count = Entries
entries-search-hint = Type words to look for
entries-total = { $total ->
    [one] { $total } entry
   *[other] { $total } entries
}
entries-none = No entries
entries-none-due = Nothing falls due
entries-file = File of { $name }
column-day = Day
column-entry = Entry
column-due = Due
column-left = Left
entry-overdue = { $days } days ago
entry-due = { $what } by { $day }
entry-left = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
entry-annulled = annulled
entry-contradiction = conflict
entry-ends = ends in { $days ->
    [one] { $days } day
   *[other] { $days } days
}
entry-made-by = Entered by
entry-origin = from { $name }
entry-history = Steps taken
entry-conflicts = Conflicts
entry-conflict = { $field }: two corrections differ; one more correction settles it
entry-conflict-step = Steps taken at once lead to different states; one more step settles it
entry-void = Records without effect
entry-not-read = The registers were not read: { $why }
entry-step-title = Which step
entry-step-hint = Type a step's name
entry-annul-title = Annul the entry
entry-annul-why = Why it is annulled
entry-saved = Saved: { $what }
entry-form-new = New entry: { $register }
entry-form-correct = Correct: { $entry }
entry-form-step = { $step }: { $entry }
entry-form-reason = Reason
entry-form-hint = Ctrl-S saves  Tab goes on  Esc leaves
entry-form-leave = Not saved yet; Esc once more discards it
entry-form-pick = Enter chooses, or type to find
entry-form-file = A file's path; it can be dropped here
entry-form-files = Paths of files, one a line; they can be dropped here
entry-form-many = Commas between several
entry-form-sealed = Sealed to the server; opened nowhere else
entry-form-date = year-month-day, e.g. 2026-11-30
entry-form-refused = Not saved: { $why }
entry-form-unfit = Not saved: { $count ->
    [one] one field does
   *[other] { $count } fields do
} not fit
entry-form-saving = Saving…

## Law

law-found = Articles { $count }
law-nothing = Nothing found. Esc clears the search.
law-search = Ctrl-F: number, words, pinyin
law-part-regulation = Regulation
law-part-above = Laws above
law-part-rules = Rules
law-remedy = What would be proper: { $text }
law-cites = Cites: { $text }
law-own-item = the activity's own item
law-an-activity = the activity
law-a-person = the auxiliary
law-when = When:
law-answers = Answerable: { $text }

## Sync

sync-counts = Three counts
sync-stored = Stored
sync-stored-doc = on this laptop's disk, safe from power loss
sync-received = Received
sync-received-doc = signed for by the server, checked here
sync-pending = Pending
sync-pending-doc = no receipt yet; sent by itself once online
sync-pulled = Pulled
sync-pulled-doc = records of other laptops
sync-server = Server
sync-alone = This laptop has not joined a server; its records are here only. To join, run auxlog enroll --server ADDRESS --code CODE.
sync-address = Address
sync-device = Device
sync-receipt = Receipt
sync-no-receipt = none since the start
sync-head = Head
sync-root = Log
sync-root-of = { $size } records, root { $root }
sync-latest = Latest
law-part-duties = Duties
law-way-supervised = with two officers, certificates valid, on the scene
law-way-remote = with the officer on the phone or on video
law-way-alone = alone, no officer there
law-outlooks = Every way of doing it, worked out (the auxiliary in good standing):
law-never-proper = No change of facts would make it permitted.
law-duty-code = Logged as: { $code }
law-duty-words = Found by these words too: { $found }
staff-first = first { $found } of { $total }
staff-statements = Statements and defences
staff-waived = waived their statement
sync-waiting = To be sent: { $officer } { $first } to { $last }, the first from { $since }
sync-own-held = The server holds { $held } records of this laptop until a supervisor releases them ({ $reason }).
awaiting = Awaiting you: { $count } { $what ->
    [held] held
    [set_aside] set aside
    [verdict_differs] verdict differs
    [stale] had not received it yet
    [void] void step
    [order_refused] order not carried out
   *[other] { $what }
}: { $officer }, device { $device }, newest { $at }
awaiting-how = auxlog manage held lists them; auxlog manage release lets in what was looked at.
incident = Incident · { $at } · { $kind ->
    [fork] two records claim one place
    [malformed] a record that cannot be taken was set aside
    [server_behind] the server came back from an older copy
    [laptop_behind] a laptop came back from an older copy
    [mask_refused] an order to mask was not carried out
    [verdict_differs] a record's verdict is another than the server's
    [void_step] a step that was not open to its author
    [log_damaged] the server's database is not what its log says
    [body_missing] a record came without what it says, and no order to mask it
    [attachments_refused] the server took no more attachments of a device
    [records_refused] the server took no more records of a device
    [beyond_limits] a record holds what no genuine program writes
   *[other] { $kind }
} ({ $record }) { $detail }
sync-conflicts = Conflicts to settle ({ $count }): Ctrl-E opens
sync-speed = sent { $up }, fetched { $down }; { $rate } records a second
sync-left = ; about { $seconds } s left
sync-noted-verdict = Record { $seq }: the server judged otherwise; it is in the review queue.
sync-noted-stale = Record { $seq }: the server knew a newer roster or rulebook than this laptop then; to be looked at again.
sync-noted-void = Record { $seq }: kept, but without effect: the step was not open.
sync-noted-clock = Record { $seq }: the laptop's clock was more than a day off the server's.
sync-noted-held = Record { $seq }: held by the server until a supervisor releases it.
sync-noted-order = Record { $seq }: the server does not carry out this order to mask; supervisors are told why.
sync-nothing-yet = Not synchronised since the start
sync-started = Synchronising...
sync-done = { $at } done: { $sent } sent, { $received } received

## What synchronisation came to

sync-receipt-seq = up to your record { $seq }, signed { $at }
sync-progress = Synchronising: { $sent } sent, { $to_send } to send; { $received } received, { $to_receive } to receive
sync-failed = { $at } stopped: { $why } Tried again in { $seconds } s; the records are safe here.
sync-impossible = Cannot synchronise: { $why }
sync-standing-pending = The administrator has not approved this laptop yet.
sync-standing-frozen = The server froze this laptop's key: two different records claimed one place. Ask the administrator to enrol it again.
sync-standing-revoked = The administrator revoked this laptop: new records stay here and are held apart by the server.
sync-server-came-back = The server had fallen behind; this laptop sent again what was missing, and an incident was filed.
sync-laptop-came-back = This laptop had come back behind what the server holds; its own records were fetched back. A new key takes over at the next unlocking.
sync-attachments-kept = The server takes no more attachments for now: the limit of the day or of the agency is reached, or its disk is nearly full. They stay here and are sent with a later synchronisation; all records are with the server. Tell the administrator if it lasts.
sync-set-aside = The server set record { $seq } aside: { $why }. Tell the administrator.
