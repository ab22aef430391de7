package regime

import "example.com/optout"

// The pages that stand in several places. Pages without an address are named.
var (
	twilioDefault  = Source{"https://support.twilio.com/hc/en-us/articles/223134027", Date{}}
	twilioBlog     = Source{"https://www.twilio.com/en-us/blog/update-to-fcc-s-sms-opt-out-keywords", Date{Year: 2025}}
	twilioError2   = Source{"https://www.twilio.com/docs/api/errors/23002", Date{}}
	twilioError4   = Source{"https://www.twilio.com/docs/api/errors/23004", Date{}}
	twilioAdvanced = Source{"https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out", Date{}}
	twilioConsole  = Source{"the opt-out page of a Twilio console, as a user of it published it", Date{2026, 7, 30}}
	awsRequired    = Source{"https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html", Date{}}
	awsKeywords    = Source{"https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html", Date{}}
	ctiaHandbook   = Source{"CTIA, Short Code Monitoring Handbook, version 1.8", Date{2021, 1, 1}}

	bandwidthTollFree = Source{"https://support.bandwidth.com/hc/en-us/articles/360010785613-Does-Bandwidth-handle-opt-in-and-opt-out-keywords", Date{}}
	sinchTollFree     = Source{"https://community.sinch.com/t5/Toll-Free-Numbers-TFN/How-does-STOP-work-on-a-Toll-Free-number/ta-p/15313", Date{}}
)

const (
	optOut = optout.ClassOptOut
	optIn  = optout.ClassOptIn
	help   = optout.ClassHelp
)

// checked is when the copies were read of which all tables were made.
var checked = Date{2026, 11, 25}

// editions are the tables, ordered by ID.
var editions = []edition{
	{
		Regime: Regime{
			ID: "aws", Name: "AWS End User Messaging SMS", Kind: KindFilter,
			Since: Date{2017, 12, 23}, Checked: checked, Match: MatchPrefix, Scope: ScopeAccount,
			Effect: "The writer goes on the opt-out list of the number or pool. Unless you make others, " +
				"that is one list for all of the account. No word takes it back until you add one.",
			Recheck: "Whether the first word is enough for words other than HELP and STOP, where a keyword ends " +
				"(\"stopping\"), and whether STOPALL, REVOKE or OPT OUT has come to the list.",
		},
		sources: []Source{
			awsRequired, awsKeywords,
			{"https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list-keywords.html", Date{}},
			{"awsdocs/amazon-pinpoint-user-guide, settings-sms-managing.md", Date{2021, 6, 9}},
			{"awsdocs/amazon-pinpoint-user-guide, settings-sms-managing.md", Date{2023, 5, 19}},
		},
		// STOPALL is on no list, but begins with STOP. keywords.html says that a
		// message begins with a keyword, and in a note on HELP and STOP that
		// they are its first word. So what begins with STOP as a word is
		// documented, and STOPALL and "stopping" are unknown.
		groups: []group{
			{class: optOut, words: []string{"STOP"}, match: MatchFirstWord},
			{class: optOut, words: []string{"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "TD", "UNSUBSCRIBE"}},
			{class: help, words: []string{"HELP"}, match: MatchFirstWord, source: awsKeywords},
		},
	},
	{
		Regime: Regime{
			ID: "bird", Name: "Bird (MessageBird)", Kind: KindFilter,
			Checked: checked,
			Effect: "Later sends to the writer are blocked until an opt-in word. All languages count everywhere. " +
				"The pages contradict each other on what an opt-out covers.",
			Recheck: "How a message is compared, and what an opt-out covers.",
		},
		sources: []Source{
			{"https://docs.bird.com/applications/channels/channels/supported-channels/sms/concepts/opt-in-and-opt-out-compliance", Date{}},
			{"https://docs.bird.com/api/channels-api/api-reference/compliance-keywords-messages", Date{}},
		},
		groups: []group{
			{class: optOut, words: []string{"stop", "stopall", "end", "quit", "cancel", "unsubscribe"}},
			{class: optOut, words: []string{"arret"}, language: "fr"},
			{class: optOut, words: []string{"halt"}, language: "de"},
			{class: optOut, words: []string{"detener"}, language: "es"},
			{class: optOut, words: []string{"parar"}, language: "pt"},
			{class: optOut, words: []string{"ferma"}, language: "it"},
			{class: optOut, words: []string{"\u041e\u0421\u0422\u0410\u041d\u041e\u0412\u0418\u0422\u042c"}, language: "ru"}, // Ostanovit'
			{class: optOut, words: []string{"ZATRZYMAJ"}, language: "pl"},
			{class: optIn, words: []string{"start", "begin", "resume", "revert", "unstop"}},
			{class: optIn, words: []string{"nonarret"}, language: "fr"},
			{class: help, words: []string{"help", "info"}},
			{class: help, words: []string{"aide"}, language: "fr"},
			{class: help, words: []string{"hulp"}, language: "nl"},
			{class: help, words: []string{"hilfe"}, language: "de"},
			{class: help, words: []string{"ayuda"}, language: "es"},
			{class: help, words: []string{"ajuda"}, language: "pt"},
			{class: help, words: []string{"Aiuto"}, language: "it"},
			{class: help, words: []string{"\u041f\u041e\u041c\u041e\u0429\u042c"}, language: "ru"}, // Pomoshch'
			{class: help, words: []string{"POMOCY"}, language: "pl"},
		},
	},
	{
		Regime: Regime{
			ID: "canada", Name: "Canadian short codes", Kind: KindDemand,
			Since: Date{Year: 2026, Month: 1}, AsOf: Date{Year: 2026, Month: 1}, Checked: checked, Match: MatchWords,
			Effect: "STOP and HELP are answered in English, ARRET and AIDE in French, INFO in both.",
			// A French guide of 2015 writes ARRET with its accent. The newer
			// editions do not, so that spelling is presumed.
			Recheck: "The guidelines' own text, which only other people's readings of are known; and whether it has " +
				"ARRET with an accent, as the French guide of 2015 has.",
		},
		sources: []Source{
			{"Canadian Telecommunications Association, Canadian Common Short Code Application Guidelines, version 2.1", Date{Year: 2026, Month: 1}},
			{"Canadian Wireless Telecommunications Association, Canadian Common Short Code Application Guidelines, version 3.9", Date{}},
			{"https://support.infobip.com/docs/essentials/usa-and-canada-compliance/canadian-mandatory-keyword-responses", Date{}},
		},
		groups: []group{
			{class: optOut, words: []string{"STOP"}, language: "en", evidence: EvidenceSecondary},
			{class: optOut, words: []string{"ARRET"}, language: "fr", evidence: EvidenceSecondary},
			{class: help, words: []string{"HELP"}, language: "en", evidence: EvidenceSecondary},
			{class: help, words: []string{"AIDE"}, language: "fr", evidence: EvidenceSecondary},
			{class: help, words: []string{"INFO"}, evidence: EvidenceSecondary},
		},
	},
	{
		Regime: Regime{
			ID: "ctia", Name: "CTIA Messaging Principles 5.1.3 and Short Code Monitoring Handbook v1.8", Kind: KindDemand,
			Since: Date{Year: 2023, Month: 5}, AsOf: Date{Year: 2023, Month: 5}, Checked: checked,
			Match: MatchWords, IgnoresPunctuation: true,
			Effect: "Capitalization and punctuation must not matter. A word that opts people out by mistake may be " +
				"left out.",
			Recheck: "Whether INFO is a help word, and whether the Principles have followed the FCC's words of 2025.",
		},
		sources: []Source{
			{"CTIA, Messaging Principles and Best Practices, section 5.1.3", Date{Year: 2023, Month: 5}},
			ctiaHandbook,
		},
		groups: []group{
			{class: optOut, words: []string{"stop", "end", "unsubscribe", "cancel", "quit", "please opt me out"}},
			{class: help, words: []string{"HELP"}, source: ctiaHandbook},
		},
	},
	{
		Regime: Regime{
			ID: "fcc", Name: "United States, 47 CFR 64.1200(a)(10)", Kind: KindDemand,
			Since: Date{2025, 4, 11}, AsOf: Date{2025, 4, 11}, Checked: checked, Match: MatchWords,
			Effect: "Honour within ten business days. Any other words that a reasonable person would understand as " +
				"a wish to stop count, too. Only the part on revoking consent to all messages at once is waived, " +
				"to 2027-01-31 (DA 26-12).",
			Recheck: "The waiver, which ends on 2027-01-31.",
		},
		sources: []Source{
			{"https://www.ecfr.gov/current/title-47/section-64.1200", Date{2025, 4, 11}},
			{"https://docs.fcc.gov/public/attachments/FCC-24-24A1.pdf", Date{2024, 2, 16}},
			{"https://www.govinfo.gov/content/pkg/FR-2024-03-05/html/2024-04587.htm", Date{2024, 3, 5}},
			{"FCC, DA 26-12", Date{}},
		},
		groups: []group{
			{class: optOut, words: []string{"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"}},
		},
	},
	{
		Regime: Regime{
			ID: "plivo", Name: "Plivo DND, US and Canadian long codes and toll-free numbers", Kind: KindFilter,
			AsOf: Date{Year: 2026}, Checked: checked, Match: MatchWhole, TrimsEnd: true, Scope: ScopeNumber,
			Effect: "Later sends from that number to the writer are blocked; on US 10DLC, sends from the whole campaign. " +
				"YES, GO and RESUME take it back.",
			Recheck: "Which words the note on white space behind them is about, and whether the FAQ has come to name " +
				"opt-in words other than START and UNSTOP.",
		},
		sources: []Source{
			{"https://www.plivo.com/docs/messaging/concepts/dnd-service", Date{}},
			{"https://support.plivo.com/hc/en-us/sections/32240327630873-DND", Date{}},
		},
		groups: []group{
			{class: optOut, words: []string{"STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "UNSUB", "STOP ALL"}},
			{class: optIn, words: []string{"START", "UNSTOP", "YES", "RESUME", "GO"}, match: MatchBare},
			{class: help, words: []string{"HELP", "INFO"}},
		},
	},
	{
		Regime: Regime{
			ID: "proxy", Name: "Twilio Proxy, the built-in table of package optout", Kind: KindFilter,
			AsOf: Date{2026, 6, 16}, Checked: checked, Match: MatchWhole, Scope: ScopeNumber,
			Effect: "The relay drops the message and raises code 80901. UNSTOP is dropped as well; the other opt-in words " +
				"and the help words are forwarded.",
			Recheck: "Whether a page says how a message is compared, and what the changelog adds.",
		},
		sources: []Source{
			{"https://www.twilio.com/docs/proxy/opt-out-keywords", Date{2026, 6, 16}},
			{"https://www.twilio.com/docs/proxy/proxy-changelog", Date{2020, 10, 26}},
			twilioDefault,
		},
		groups: builtIn(),
	},
	{
		Regime: Regime{
			ID: "ringcentral", Name: "RingCentral high-volume SMS", Kind: KindFilter,
			Since: Date{2021, 10, 1}, AsOf: Date{2024, 1, 31}, Checked: checked, Scope: ScopeNumber,
			Effect:  "Later sends from that number to the writer are blocked. It sends no reply.",
			Recheck: "How a message is compared, and whether there are help words.",
		},
		sources: []Source{{"https://developers.ringcentral.com/guide/messaging/sms/high-volume/opt-out", Date{2024, 1, 31}}},
		groups: []group{
			{class: optOut, words: []string{"STOP", "UNSUBSCRIBE", "QUIT", "CANCEL", "END"}},
			{class: optIn, words: []string{"START", "SUBSCRIBE", "RESUME", "CONTINUE", "UNSTOP"}},
		},
	},
	{
		Regime: Regime{
			ID: "sinch-consent", Name: "Sinch Conversation API, consent management if enabled", Kind: KindFilter,
			AsOf: Date{2025, 11, 17}, Checked: checked, Match: MatchWhole, Scope: ScopeApp,
			Effect: "The writer goes on a list of the app. Words for a payload (OptOut_All_EN) or one kind of message " +
				"(STOP MARKETING) are left out here.",
			Recheck: "The default words, whose page is undated, and what an exact match does with white space and punctuation.",
		},
		sources: []Source{
			{"https://community.sinch.com/t5/Conversation-API/Can-I-customize-opt-in-and-opt-out-keywords-for-use-with-consent/ta-p/18980", Date{}},
			// The rule: an exact match, without regard to case.
			{"https://community.sinch.com/t5/Conversation-API/Can-I-automatically-manage-opt-ins-for-Conversation-API/ta-p/18970", Date{2025, 11, 17}},
		},
		groups: []group{
			{class: optOut, words: []string{"STOP", "UNSUBSCRIBE"}, language: "en"},
			{class: optOut, words: []string{"DETENER", "SALIR"}, language: "es"},
			{class: optOut, words: []string{"PARAR", "CANCELAR"}, language: "pt"},
			{class: optIn, words: []string{"START", "SUBSCRIBE"}, language: "en"},
			{class: optIn, words: []string{"VOLVER", "RECIBIR"}, language: "es"},
			{class: optIn, words: []string{"VOLTAR", "RECEBER"}, language: "pt"},
		},
	},
	{
		Regime: Regime{
			ID: "telnyx", Name: "Telnyx default, US and Canadian 10-digit numbers", Kind: KindFilter,
			AsOf: Date{2026, 9, 10}, Checked: checked, Match: MatchWhole, Scope: ScopeGroup,
			Effect: "Later sends from the messaging profile to the writer fail with 40300. START must go to the very number " +
				"that was opted out from. Every inbound webhook says autoresponse_type=STOP, START or HELP.",
			Recheck: "Whether REVOKE and OPTOUT have come to the list, and what is said on punctuation and white space.",
		},
		sources: []Source{
			{"https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out", Date{}},
			{"https://support.telnyx.com/en/articles/1270091-sms-opt-out-keywords-and-stop-words", Date{2026, 5, 20}},
		},
		groups: []group{
			{class: optOut, words: []string{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}},
			{class: optIn, words: []string{"START", "UNSTOP"}},
			{class: help, words: []string{"HELP"}},
		},
	},
	{
		Regime: Regime{
			ID: "toll-free", Name: "US and Canadian toll-free network, under every provider", Kind: KindFilter,
			Checked: checked, Match: MatchWhole, Scope: ScopeNumber,
			Effect: "Later sends from that number to the writer are blocked in the network, which replies by itself. Words " +
				"such as END and CANCEL do nothing in it, but the provider's own filter can act on top.",
			Recheck: "Whether a second provider names ARRET and NONARRET, and what is said of punctuation around STOP.",
		},
		sources: []Source{
			{"https://support.twilio.com/hc/en-us/articles/360058144374-Opt-out-keyword-handling-SMS-STOP-Filtering-for-Toll-Free-SMS", Date{}},
			{"https://support.telnyx.com/en/articles/6989758", Date{2026, 7, 8}},
			awsRequired,
			{"https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/communication-services/concepts/sms/sms-faq.md", Date{2023, 3, 22}},
			bandwidthTollFree, sinchTollFree,
		},
		// The network has no page of its own. On STOP, START and UNSTOP six
		// providers agree; ARRET and NONARRET are one provider's word on it.
		groups: []group{
			{class: optOut, words: []string{"STOP"}},
			{class: optOut, words: []string{"ARRET"}, language: "fr", evidence: EvidenceSecondary, source: sinchTollFree},
			{class: optIn, words: []string{"START"}},
			{class: optIn, words: []string{"UNSTOP"}, match: MatchBare, source: bandwidthTollFree},
			{class: optIn, words: []string{"NONARRET"}, language: "fr", evidence: EvidenceSecondary, source: sinchTollFree},
		},
	},
	{
		Regime: Regime{
			ID: "twilio-2016", Name: "Twilio's default filter for long codes, until 2025-05-14", Kind: KindFilter,
			Since: Date{Year: 2016, Month: 8}, Until: Date{2025, 5, 14}, AsOf: Date{Year: 2016, Month: 8},
			Checked: checked, Match: MatchWhole, Scope: ScopeNumber,
			Effect:  twilioEffect,
			Recheck: "When UNSTOP came: the article has it in 2016-08, the oldest FAQ has START and YES only.",
		},
		sources: []Source{twilioDefault, twilioError2, twilioError4},
		groups: []group{
			{class: optOut, words: twilioOptOut},
			{class: optIn, words: []string{"START", "UNSTOP", "YES"}},
			{class: help, words: []string{"HELP", "INFO"}},
		},
	},
	{
		Regime: Regime{
			ID: "twilio-2025", Name: "Twilio's default filter for long codes, since 2025-05-14", Kind: KindFilter,
			Since: Date{2025, 5, 14}, AsOf: Date{2025, 5, 14}, Checked: checked, Match: MatchWhole, Scope: ScopeNumber,
			Effect: twilioEffect + " Since 2026-03-16 it covers SMS, MMS and RCS.",
			Recheck: "Whether article 223134027 names REVOKE and OPTOUT, and whether a page says what white space, " +
				"punctuation and accents do.",
		},
		sources: []Source{twilioBlog, twilioDefault, twilioError2, twilioError4, twilioAdvanced, twilioConsole},
		groups: []group{
			{class: optOut, words: twilioOptOut},
			{class: optOut, words: []string{"REVOKE", "OPTOUT"}},
			{class: optIn, words: []string{"START", "UNSTOP", "YES"}, source: twilioDefault},
			{class: help, words: []string{"HELP", "INFO"}, source: twilioDefault},
		},
	},
	{
		Regime: Regime{
			ID: "twilio-advanced-opt-out", Name: "Twilio Messaging Service with Advanced Opt-Out, before anyone edits it", Kind: KindFilter,
			AsOf: Date{Year: 2026}, Checked: checked, Match: MatchWhole, Scope: ScopeGroup,
			Effect: "Covers the Messaging Service. Its webhook says OptOutType=STOP, START or HELP. It never applies to " +
				"Proxy. Customers edit the table, all but STOP, UNSTOP and HELP.",
			Recheck: "Whether the page, which contradicts itself on REVOKE and OPTOUT, has settled it.",
		},
		sources: []Source{twilioAdvanced, twilioConsole},
		groups: []group{
			{class: optOut, words: []string{"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "CANCEL"}},
			{class: optOut, words: []string{"REVOKE", "OPTOUT"}, evidence: EvidenceSecondary, source: twilioConsole},
			{class: optIn, words: []string{"START", "UNSTOP", "YES"}},
			{class: help, words: []string{"HELP", "INFO"}},
		},
	},
	{
		Regime: Regime{
			ID: "vonage-short-code", Name: "Vonage Opt-Out Assist, short codes", Kind: KindFilter,
			Checked: checked, Scope: ScopeNumber,
			Effect:  "Later sends from that number to the writer are blocked. On 10DLC the words are what the campaign registered: there is no table.",
			Recheck: "How a message is compared.",
		},
		sources: []Source{{"https://developer.vonage.com/en/opt-out-assist/guides/key-word-setup", Date{}}},
		groups: []group{
			{class: optOut, words: []string{"STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE"}},
			{class: optIn, words: []string{"START", "JOIN"}},
			{class: help, words: []string{"HELP"}},
		},
	},
}

// twilioOptOut is Twilio's list before 2025-05-14.
var twilioOptOut = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}

const twilioEffect = "Later sends from that number to the writer fail with 21610; if it is in a Messaging Service, sends from all " +
	"of that. The writer gets a standard reply, and the inbound webhook is still called. YES and START take it back."

// builtIn returns the rows of optout.Policy{}, in the order they have there.
func builtIn() []group {
	var groups []group
	for _, k := range (optout.Policy{}).Keywords() {
		groups = append(groups, group{class: k.Class, words: []string{k.Text}})
	}
	return groups
}
