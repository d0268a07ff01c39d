/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/state_file.h"

/* By code; Asia and Europe as the United Nations part them, but for Cyprus. */
/* clang-format off */
static const struct country countries[] = {
	{"ad", "europe", "Andorra"},
	{"ae", "asia", "United Arab Emirates"},
	{"af", "asia", "Afghanistan"},
	{"ag", "north-america", "Antigua & Barbuda"},
	{"ai", "north-america", "Anguilla"},
	{"al", "europe", "Albania"},
	{"am", "asia", "Armenia"},
	{"ao", "africa", "Angola"},
	{"aq", "antarctica", "Antarctica"},
	{"ar", "south-america", "Argentina"},
	{"as", "oceania", "American Samoa"},
	{"at", "europe", "Austria"},
	{"au", "oceania", "Australia"},
	{"aw", "north-america", "Aruba"},
	{"ax", "europe", "Åland Islands"},
	{"az", "asia", "Azerbaijan"},
	{"ba", "europe", "Bosnia & Herzegovina"},
	{"bb", "north-america", "Barbados"},
	{"bd", "asia", "Bangladesh"},
	{"be", "europe", "Belgium"},
	{"bf", "africa", "Burkina Faso"},
	{"bg", "europe", "Bulgaria"},
	{"bh", "asia", "Bahrain"},
	{"bi", "africa", "Burundi"},
	{"bj", "africa", "Benin"},
	{"bl", "north-america", "St Barthelemy"},
	{"bm", "north-america", "Bermuda"},
	{"bn", "asia", "Brunei"},
	{"bo", "south-america", "Bolivia"},
	{"bq", "north-america", "Caribbean NL"},
	{"br", "south-america", "Brazil"},
	{"bs", "north-america", "Bahamas"},
	{"bt", "asia", "Bhutan"},
	{"bv", "antarctica", "Bouvet Island"},
	{"bw", "africa", "Botswana"},
	{"by", "europe", "Belarus"},
	{"bz", "north-america", "Belize"},
	{"ca", "north-america", "Canada"},
	{"cc", "asia", "Cocos (Keeling) Islands"},
	{"cd", "africa", "Congo (Kinshasa)"},
	{"cf", "africa", "Central African Rep."},
	{"cg", "africa", "Congo (Brazzaville)"},
	{"ch", "europe", "Switzerland"},
	{"ci", "africa", "Côte d'Ivoire"},
	{"ck", "oceania", "Cook Islands"},
	{"cl", "south-america", "Chile"},
	{"cm", "africa", "Cameroon"},
	{"cn", "asia", "China"},
	{"co", "south-america", "Colombia"},
	{"cr", "north-america", "Costa Rica"},
	{"cu", "north-america", "Cuba"},
	{"cv", "africa", "Cape Verde"},
	{"cw", "north-america", "Curaçao"},
	{"cx", "asia", "Christmas Island"},
	{"cy", "asia", "Cyprus"},
	{"cz", "europe", "Czech Republic"},
	{"de", "europe", "Germany"},
	{"dj", "africa", "Djibouti"},
	{"dk", "europe", "Denmark"},
	{"dm", "north-america", "Dominica"},
	{"do", "north-america", "Dominican Republic"},
	{"dz", "africa", "Algeria"},
	{"ec", "south-america", "Ecuador"},
	{"ee", "europe", "Estonia"},
	{"eg", "africa", "Egypt"},
	{"eh", "africa", "Western Sahara"},
	{"er", "africa", "Eritrea"},
	{"es", "europe", "Spain"},
	{"et", "africa", "Ethiopia"},
	{"fi", "europe", "Finland"},
	{"fj", "oceania", "Fiji"},
	{"fk", "south-america", "Falkland Islands"},
	{"fm", "oceania", "Micronesia"},
	{"fo", "europe", "Faroe Islands"},
	{"fr", "europe", "France"},
	{"ga", "africa", "Gabon"},
	{"gb", "europe", "United Kingdom"},
	{"gd", "north-america", "Grenada"},
	{"ge", "asia", "Georgia"},
	{"gf", "south-america", "French Guiana"},
	{"gg", "europe", "Guernsey"},
	{"gh", "africa", "Ghana"},
	{"gi", "europe", "Gibraltar"},
	{"gl", "north-america", "Greenland"},
	{"gm", "africa", "Gambia"},
	{"gn", "africa", "Guinea"},
	{"gp", "north-america", "Guadeloupe"},
	{"gq", "africa", "Equatorial Guinea"},
	{"gr", "europe", "Greece"},
	{"gs", "antarctica", "South Georgia & the South Sandwich Islands"},
	{"gt", "north-america", "Guatemala"},
	{"gu", "oceania", "Guam"},
	{"gw", "africa", "Guinea-Bissau"},
	{"gy", "south-america", "Guyana"},
	{"hk", "asia", "Hong Kong"},
	{"hm", "antarctica", "Heard Island & McDonald Islands"},
	{"hn", "north-america", "Honduras"},
	{"hr", "europe", "Croatia"},
	{"ht", "north-america", "Haiti"},
	{"hu", "europe", "Hungary"},
	{"id", "asia", "Indonesia"},
	{"ie", "europe", "Ireland"},
	{"il", "asia", "Israel"},
	{"im", "europe", "Isle of Man"},
	{"in", "asia", "India"},
	{"io", "africa", "British Indian Ocean Territory"},
	{"iq", "asia", "Iraq"},
	{"ir", "asia", "Iran"},
	{"is", "europe", "Iceland"},
	{"it", "europe", "Italy"},
	{"je", "europe", "Jersey"},
	{"jm", "north-america", "Jamaica"},
	{"jo", "asia", "Jordan"},
	{"jp", "asia", "Japan"},
	{"ke", "africa", "Kenya"},
	{"kg", "asia", "Kyrgyzstan"},
	{"kh", "asia", "Cambodia"},
	{"ki", "oceania", "Kiribati"},
	{"km", "africa", "Comoros"},
	{"kn", "north-america", "St Kitts & Nevis"},
	{"kp", "asia", "North Korea"},
	{"kr", "asia", "South Korea"},
	{"kw", "asia", "Kuwait"},
	{"ky", "north-america", "Cayman Islands"},
	{"kz", "asia", "Kazakhstan"},
	{"la", "asia", "Laos"},
	{"lb", "asia", "Lebanon"},
	{"lc", "north-america", "St Lucia"},
	{"li", "europe", "Liechtenstein"},
	{"lk", "asia", "Sri Lanka"},
	{"lr", "africa", "Liberia"},
	{"ls", "africa", "Lesotho"},
	{"lt", "europe", "Lithuania"},
	{"lu", "europe", "Luxembourg"},
	{"lv", "europe", "Latvia"},
	{"ly", "africa", "Libya"},
	{"ma", "africa", "Morocco"},
	{"mc", "europe", "Monaco"},
	{"md", "europe", "Moldova"},
	{"me", "europe", "Montenegro"},
	{"mf", "north-america", "St Martin (French)"},
	{"mg", "africa", "Madagascar"},
	{"mh", "oceania", "Marshall Islands"},
	{"mk", "europe", "North Macedonia"},
	{"ml", "africa", "Mali"},
	{"mm", "asia", "Myanmar"},
	{"mn", "asia", "Mongolia"},
	{"mo", "asia", "Macau"},
	{"mp", "oceania", "Northern Mariana Islands"},
	{"mq", "north-america", "Martinique"},
	{"mr", "africa", "Mauritania"},
	{"ms", "north-america", "Montserrat"},
	{"mt", "europe", "Malta"},
	{"mu", "africa", "Mauritius"},
	{"mv", "asia", "Maldives"},
	{"mw", "africa", "Malawi"},
	{"mx", "north-america", "Mexico"},
	{"my", "asia", "Malaysia"},
	{"mz", "africa", "Mozambique"},
	{"na", "africa", "Namibia"},
	{"nc", "oceania", "New Caledonia"},
	{"ne", "africa", "Niger"},
	{"nf", "oceania", "Norfolk Island"},
	{"ng", "africa", "Nigeria"},
	{"ni", "north-america", "Nicaragua"},
	{"nl", "europe", "Netherlands"},
	{"no", "europe", "Norway"},
	{"np", "asia", "Nepal"},
	{"nr", "oceania", "Nauru"},
	{"nu", "oceania", "Niue"},
	{"nz", "oceania", "New Zealand"},
	{"om", "asia", "Oman"},
	{"pa", "north-america", "Panama"},
	{"pe", "south-america", "Peru"},
	{"pf", "oceania", "French Polynesia"},
	{"pg", "oceania", "Papua New Guinea"},
	{"ph", "asia", "Philippines"},
	{"pk", "asia", "Pakistan"},
	{"pl", "europe", "Poland"},
	{"pm", "north-america", "St Pierre & Miquelon"},
	{"pn", "oceania", "Pitcairn"},
	{"pr", "north-america", "Puerto Rico"},
	{"ps", "asia", "Palestine"},
	{"pt", "europe", "Portugal"},
	{"pw", "oceania", "Palau"},
	{"py", "south-america", "Paraguay"},
	{"qa", "asia", "Qatar"},
	{"re", "africa", "Réunion"},
	{"ro", "europe", "Romania"},
	{"rs", "europe", "Serbia"},
	{"ru", "europe", "Russia"},
	{"rw", "africa", "Rwanda"},
	{"sa", "asia", "Saudi Arabia"},
	{"sb", "oceania", "Solomon Islands"},
	{"sc", "africa", "Seychelles"},
	{"sd", "africa", "Sudan"},
	{"se", "europe", "Sweden"},
	{"sg", "asia", "Singapore"},
	{"sh", "africa", "St Helena"},
	{"si", "europe", "Slovenia"},
	{"sj", "europe", "Svalbard & Jan Mayen"},
	{"sk", "europe", "Slovakia"},
	{"sl", "africa", "Sierra Leone"},
	{"sm", "europe", "San Marino"},
	{"sn", "africa", "Senegal"},
	{"so", "africa", "Somalia"},
	{"sr", "south-america", "Suriname"},
	{"ss", "africa", "South Sudan"},
	{"st", "africa", "Sao Tome & Principe"},
	{"sv", "north-america", "El Salvador"},
	{"sx", "north-america", "St Maarten (Dutch)"},
	{"sy", "asia", "Syria"},
	{"sz", "africa", "Eswatini (Swaziland)"},
	{"tc", "north-america", "Turks & Caicos Is"},
	{"td", "africa", "Chad"},
	{"tf", "antarctica", "French S. Terr."},
	{"tg", "africa", "Togo"},
	{"th", "asia", "Thailand"},
	{"tj", "asia", "Tajikistan"},
	{"tk", "oceania", "Tokelau"},
	{"tl", "asia", "East Timor"},
	{"tm", "asia", "Turkmenistan"},
	{"tn", "africa", "Tunisia"},
	{"to", "oceania", "Tonga"},
	{"tr", "asia", "Turkey"},
	{"tt", "north-america", "Trinidad & Tobago"},
	{"tv", "oceania", "Tuvalu"},
	{"tw", "asia", "Taiwan"},
	{"tz", "africa", "Tanzania"},
	{"ua", "europe", "Ukraine"},
	{"ug", "africa", "Uganda"},
	{"um", "oceania", "US minor outlying islands"},
	{"us", "north-america", "United States"},
	{"uy", "south-america", "Uruguay"},
	{"uz", "asia", "Uzbekistan"},
	{"va", "europe", "Vatican City"},
	{"vc", "north-america", "St Vincent"},
	{"ve", "south-america", "Venezuela"},
	{"vg", "north-america", "Virgin Islands (UK)"},
	{"vi", "north-america", "Virgin Islands (US)"},
	{"vn", "asia", "Vietnam"},
	{"vu", "oceania", "Vanuatu"},
	{"wf", "oceania", "Wallis & Futuna"},
	{"ws", "oceania", "Samoa"},
	{"ye", "asia", "Yemen"},
	{"yt", "africa", "Mayotte"},
	{"za", "africa", "South Africa"},
	{"zm", "africa", "Zambia"},
	{"zw", "africa", "Zimbabwe"},
};
/* clang-format on */

static const struct continent continents[] = {
	{"africa", "Africa"},
	{"antarctica", "Antarctica"},
	{"asia", "Asia"},
	{"europe", "Europe"},
	{"north-america", "North America"},
	{"oceania", "Oceania"},
	{"south-america", "South America"},
};

const struct country *country_list(size_t *n)
{
	*n = ARRAY_LEN(countries);
	return countries;
}

const struct continent *continent_list(size_t *n)
{
	*n = ARRAY_LEN(continents);
	return continents;
}

static int compare_codes(const void *code, const void *country)
{
	return strcmp(code, ((const struct country *)country)->code);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

const struct country *country_find(const char *code)
{
	char key[3];

	if (strlen(code) != 2)
		return NULL;
	key[0] = lower(code[0]);
	key[1] = lower(code[1]);
	key[2] = '\0';
	return bsearch(strcmp(key, "uk") == 0 ? "gb" : key, countries,
		       ARRAY_LEN(countries), sizeof countries[0],
		       compare_codes);
}

/* --- an operator's networks -------------------------------------------------- */

/* Are all bits behind the prefix 0? */
static bool is_network(const struct net_addr *net, unsigned prefix)
{
	for (unsigned bit = prefix; bit < 8 * net_addr_len(net); bit++)
		if (net->ip[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

int place_parse(const char *cidr, struct net_addr *net, unsigned *prefix)
{
	const char *slash = strchr(cidr, '/');
	char addr[NET_ADDR_TEXT_LEN];
	size_t len = slash ? (size_t)(slash - cidr) : strlen(cidr);
	struct net_addr parsed;
	long bits;

	if (len >= sizeof addr)
		return -EINVAL;
	memcpy(addr, cidr, len);
	addr[len] = '\0';
	if (net_addr_parse(addr, &parsed) < 0 || parsed.scope)
		return -EINVAL;
	bits = 8 * (long)net_addr_len(&parsed);
	if ((slash && text_to_int(slash + 1, 0, bits, &bits) < 0) ||
	    !is_network(&parsed, (unsigned)bits))
		return -EINVAL;
	*net = parsed;
	*prefix = (unsigned)bits;
	return 0;
}

int asn_parse(const char *text, uint32_t *asn)
{
	long n;

	if (lower(text[0]) == 'a' && lower(text[1]) == 's')
		text += 2;
	if (text_to_int(text, 1, UINT32_MAX, &n) < 0)
		return -EINVAL;
	*asn = (uint32_t)n;
	return 0;
}

#define PLACE_FILE_MAX (16 << 20)

/* One line; empty ones are fine.  The text is cut into words. */
static const char *take_line(char *text, struct place_file *f, size_t *cap)
{
	struct place_line line = {0};
	char *save, *cidr, *zone;

	text[strcspn(text, "#")] = '\0';
	cidr = strtok_r(text, " \t\r", &save);
	if (!cidr)
		return NULL;
	zone = strtok_r(NULL, " \t\r", &save);
	if (!zone || strtok_r(NULL, " \t\r", &save))
		return "a network and the name of a zone are wanted, as in "
		       "192.0.2.0/24 campus-a";
	if (place_parse(cidr, &line.net, &line.prefix) < 0)
		return "this is no network such as 192.0.2.0/24 (are there "
		       "bits behind the prefix?)";
	if (strlen(zone) >= sizeof line.zone)
		return "the zone's name is too long";
	memcpy(line.zone, zone, strlen(zone));
	f->line = array_grow(f->line, f->n, cap, sizeof *f->line);
	f->line[f->n++] = line;
	return NULL;
}

int place_file_read(const char *path, struct place_file *out, struct text *why)
{
	struct place_file f = {0};
	size_t len, cap = 0;
	unsigned number = 0;
	char *data, *next, *line;
	int r = state_file_read(path, PLACE_FILE_MAX, true, &data, &len);

	if (r < 0) {
		text_add(why, "%s: %s", path, strerror(-r));
		return r;
	}
	for (next = data; (line = strsep(&next, "\n"));) {
		const char *wrong = take_line(line, &f, &cap);

		number++;
		if (!wrong)
			continue;
		text_add(why, "%s:%u: %s", path, number, wrong);
		place_file_done(&f);
		free(data);
		return -EINVAL;
	}
	free(data);
	*out = f;
	return 0;
}

void place_file_done(struct place_file *f)
{
	free(f->line);
	*f = (struct place_file){0};
}
