#!/usr/bin/env python3
"""Makes set.jsonl: labelled documents of seven languages to measure the finding of personal data with.

    python3 tests/pii/make_set.py 1000 20261103 tests/pii/set.jsonl

N documents from a seed: the same arguments give the same bytes. Standard library and score.py only. See README.md.

Every person, company, number and credential is made up. Top-down: names and words; identifiers with their check digits;
people and documents; sentences by language; log lines, code, tables; JSON documents as services send them; the checks that a
document has to pass, else it is drawn again.
"""
import base64, collections, datetime, html, json, random, re, sys, unicodedata, urllib.parse, zlib

import score

LANGS = "en de fr es it nl pl".split()
W = lambda s: [x.strip() for x in s.replace("\n", ",").split(",") if x.strip()]

NAT = {
 "en": (W("Desmond, Clive, Nigel, Alistair, Callum, Trevor, Dwight, Clayton, Garrett, Everett, Percy, Barnaby, Angus, Fergus, Leighton, Quentin, Roscoe, Thaddeus, Sheldon, Barney, Hamish, Lachlan, Dexter, Emmett, Hector, Ambrose, Tobias, Cedric, Rory, Declan, Giles, Winston, Otis, Silas, Ezra, Jasper"),
        W("Fiona, Imogen, Philippa, Rosalind, Tamsin, Bronwyn, Winifred, Muriel, Daphne, Gwendolyn, Tabitha, Cordelia, Priscilla, Marjorie, Opal, Henrietta, Saoirse, Niamh, Siobhan, Ottilie, Darlene, Geraldine, Verity, Isla, Marnie, Delilah, Rowena, Phoebe, Matilda, Edith"),
        W("Ashworth, Blackwood, Cartwright, Dunmore, Eastwood, Fairclough, Galbraith, Hargreaves, Inglis, Jessop, Kershaw, Lockhart, Merriweather, Northcott, Oakley, Pemberton, Quigley, Ramsbottom, Satterfield, Thistlewood, Underwood, Vickers, Whitcombe, Yardley, Abernathy, Birdsall, Cavendish, Dearborn, Ellsworth, Fotheringham, Grimshaw, Holloway, Kirkpatrick, Lonsdale, McAllister, O'Shaughnessy, O'Rourke, MacIntyre, Pettigrew, Rutherford, Stanhope, Tattersall, Wadsworth, Winterbourne, Armitage, Beckett, Crowther, Dalrymple, Featherstone, Gillespie, Hathaway, Kowalczyk-Reed, Lovelace, Mulligan, Nettleton, Ormond, Prescott, Redfern, Sinclair, Treadwell")),
 "de": (W("Wolfram, Eckhard, Hartwig, Ansgar, Detlev, Gernot, Ingo, Jochen, Kuno, Lothar, Meinhard, Ottmar, Reinhold, Siegbert, Thilo, Ulf, Veit, Cord, Dankwart, Egon, Falk, Götz, Jost, Leander, Levin, Malte, Sönke, Torben, Tjark, Valentin, Korbinian, Hinnerk, Jan-Philipp"),
        W("Adelheid, Brunhilde, Dörte, Edeltraud, Friederike, Gudrun, Heidrun, Irmgard, Jutta, Liselotte, Mareike, Nadja, Ortrud, Petra, Renate, Sieglinde, Ulrike, Veronika, Waltraud, Antje, Birte, Carola, Dorothea, Elke, Frauke, Gesine, Hedwig, Ilka, Jördis, Katrin, Leonie, Maike, Nele, Paulina, Wiebke, Annegret"),
        W("Achterberg, Brinkmann, Dornbusch, Eickhoff, Fassbinder, Gerstenberg, Haberland, Immelmann, Jankowsky, Kesselring, Lindemann, Mühlhausen, Nottebohm, Oberländer, Pfannenschmidt, Quandt, Rautenberg, Sauerwein, Teichgräber, Uhlenbrock, Vogelsang, Wiesenthal, Zacharias, Ziegenhagen, Bärwald, Clausnitzer, Dethlefsen, Elbracht, Feuerstein, Grünewald, Hülsmann, Jütte, Knobloch, Langenscheid, Meyerhoff, Niggemann, Osterkamp, Plagemann, Rüdiger, Schnakenberg, Tiedemann, Voßkuhle, Wachsmuth, Zumwinkel, Büttenbender, Käsbohrer, Schüßler, Möllenkamp, von Reichenau, von Thaden, Kröger-Behn, Straßburger, Lüttjohann, Hinrichsen, Abendroth, Degenhardt, Hesselbach, Mönkemeyer, Sprenger, Trautwein")),
 "fr": (W("Thibault, Loïc, Baptiste, Cyrille, Damien, Edgard, Fabrice, Ghislain, Jocelyn, Lilian, Octave, Pascal, Régis, Sylvain, Tanguy, Ulysse, Vivien, Xavier, Yvon, Anselme, Corentin, Didier, Erwan, Florian, Gontran, Maël, Quentin, Romain, Titouan"),
        W("Solène, Clémence, Bérengère, Delphine, Éloïse, Fanny, Gaëlle, Hortense, Jacqueline, Karine, Noémie, Océane, Quitterie, Ségolène, Tiphaine, Violette, Yolande, Zélie, Amandine, Blandine, Coralie, Dorothée, Estelle, Fleur, Ghislaine, Honorine, Léonie, Morgane, Ninon, Perrine"),
        W("Abadie, Beauchamp, Castagnier, Delacroix, Escoffier, Ferrand, Grandjean, Hautecœur, Jaubert, Kerguélen, Lachenal, Malherbe, Nougaret, Olivet, Peyronnet, Quéméneur, Rochefort, Sabatier, Thévenot, Urbain, Vauquelin, Wattiez, Ybarnégaray, Archambault, Bompard, Charbonnier, Desrosiers, Estève, Fontanel, Hennequin, Jouvenel, Lamoureux, Mirabel, Noiret, Pasquier, Rambaud, Saint-Amand, Tessier, Vernet, de Montbrun, de La Salle, Le Guen, Le Bihan, Bonnefoy, Duchesne, Faivre, Guillemot, Lescure, Marchadier, Pélissier, Ravel, Sauvageot, Toussaint, Vigneron, Bourdieu, Chastel, Descamps, Foucault")),
 "es": (W("Íñigo, Álvaro, Leandro, Bernardo, Ciriaco, Eusebio, Fermín, Gaspar, Hernán, Jacinto, Lisandro, Nicanor, Octavio, Patricio, Ramiro, Saturnino, Telmo, Urbano, Vicente, Xabier, Zacarías, Aitor, Domingo, Esteban, Froilán, Germán, Joaquín, Rodrigo, Sergio, Unai"),
        W("Almudena, Begoña, Consuelo, Encarnación, Fátima, Herminia, Inmaculada, Jimena, Leticia, Macarena, Nieves, Olalla, Purificación, Remedios, Trinidad, Úrsula, Ximena, Yolanda, Zaida, Araceli, Carmela, Dulce, Estíbaliz, Fuensanta, Graciela, Itziar, Jacinta, Lorena, Paloma, Rocío, Soledad, Teodora, Vanesa"),
        W("Aguirre, Bermúdez, Cifuentes, Domínguez, Echeverría, Figueroa, Galdós, Hinojosa, Iturralde, Jaramillo, Ledesma, Mondragón, Noriega, Olmedo, Peñalver, Quiroga, Rebolledo, Santamaría, Tejedor, Urrutia, Valdivia, Yáñez, Zubizarreta, Alcántara, Barrientos, Carrasco, Delgadillo, Espinosa, Granados, Huertas, Izquierdo, Juárez, Lozano, Manrique, Navarrete, Orellana, Pizarro, Quesada, Robledo, Saavedra, Toledano, Villalobos, Zorrilla, Cuesta Salgado, de la Fuente, de la Vega, del Olmo, Escudero, Garrido, Ocampo, Palomares, Rincón, Sotomayor, Tordesillas, Vizcaíno")),
 "it": (W("Beniamino, Calogero, Edoardo, Gaetano, Ivano, Leonardo, Manlio, Orazio, Piero, Quirino, Rosario, Saverio, Tancredi, Vincenzo, Zeno, Agostino, Brando, Cosimo, Demetrio, Ettore, Flavio, Gianluca, Ignazio, Loris, Massimiliano, Nevio, Piersilvio, Ruggero, Salvatore, Tullio, Umberto"),
        W("Assunta, Benedetta, Caterina, Domenica, Eleonora, Filomena, Ilaria, Loredana, Mafalda, Nunzia, Ornella, Raffaella, Serena, Tatiana, Ursula, Viviana, Zaira, Addolorata, Beatrice, Emanuela, Fiorenza, Ginevra, Immacolata, Lidia, Maddalena, Nicoletta, Ottavia, Palmira, Simonetta, Annarita, Mariangela, Azzurra"),
        W("Accardi, Bevilacqua, Capodistria, D'Ambrosio, Esposito, Falcone, Gambardella, Iannuzzi, Locatelli, Mancuso, Ottaviani, Palmisano, Quaranta, Rinaldi, Scognamiglio, Tagliaferri, Ungaretti, Venturini, Zanetti, Amoruso, Bonfiglio, Castelnuovo, D'Angelo, De Benedictis, De Santis, Di Stefano, Fumagalli, Giannini, Impallomeni, Lo Presti, La Rocca, Montefusco, Nicolosi, Orlandini, Pellegrino, Quattrocchi, Rossellini, Santoro, Trapani, Ventimiglia, Zuccarello, Bottazzi, Cattaneo, Della Valle, Fabbricini, Gagliardi, Lombardo, Marchesini, Pasqualetti, Ruffolo, Sorrentino, Tedeschi, Vaccaro, Zanardi, Bertolucci, Ferrantino, Guidotti, Mastroianni")),
 "nl": (W("Gijsbert, Diederik, Wouter, Sjoerd, Jelle, Rinus, Arjen, Bouke, Cornelis, Dirk-Jan, Evert, Freek, Gerrit, Hendrikus, Ids, Jurre, Koenraad, Lambertus, Maarten, Niek, Pepijn, Quinten, Reinier, Siebren, Teun, Ubbo, Valentijn, Wiebe, Youp, Albertus, Bram, Coen, Douwe, Floris, Geert, Hessel, Joost, Klaas, Luuk"),
        W("Anneke, Berber, Carlijn, Dieuwertje, Elsbeth, Femke, Geertje, Hiske, Ilse, Jacomina, Klaasje, Liesbeth, Marijke, Nienke, Oda, Paulien, Renske, Trijntje, Ursula, Vera, Willemijn, Ymke, Zwaantje, Aafke, Baukje, Corrie, Doutzen, Eefje, Froukje, Gerda, Hanneke, Ineke, Jolanda, Katinka, Lotte, Margriet, Neeltje, Riet, Sietske"),
        W("Achterhuis, Boersma, Cornelissen, Doornbos, Eikelboom, Faber, Groeneveld, Hofstra, IJzerman, Jonkman, Kloosterman, Langeveld, Meijerink, Nijhuis, Oosterhof, Pietersma, Roelofs, Schuurman, Terpstra, Uittenbogaard, Vermeulen, Wagenaar, Zijlstra, van den Broek, van der Meulen, de Graaf, de Wit, de Boer, ten Cate, van 't Hof, Bloemendaal, Dijkgraaf, Engelbrecht, Haverkamp, Kooistra, Leenders, Mulder, Oldenburger, Postma, Reitsma, Sijtsma, Vlaming, Westerhof, Zuidema, Bouwmeester, Hoekstra, van Zuylen, van Leeuwen, Ruijgrok, Steenbergen, Wiersma, Feenstra, Galema, Tuinstra, Veldkamp")),
 "pl": (W("Bartłomiej, Cezary, Dariusz, Fryderyk, Grzegorz, Hubert, Ireneusz, Jarosław, Kacper, Leszek, Mieczysław, Olgierd, Przemysław, Sławomir, Tadeusz, Wojciech, Zbigniew, Zenon, Arkadiusz, Bogusław, Czesław, Dominik, Edmund, Gustaw, Lucjan, Maciej, Remigiusz, Tymoteusz, Wacław, Zdzisław, Mirosław, Bronisław"),
        W("Agnieszka, Bożena, Czesława, Danuta, Elżbieta, Felicja, Halina, Izabela, Jadwiga, Kinga, Lucyna, Małgorzata, Natasza, Otylia, Paulina, Stanisława, Wanda, Zofia, Żaneta, Aldona, Beata, Eugenia, Franciszka, Irena, Longina, Marzena, Oliwia, Patrycja, Renata, Wiesława"),
        W("Adamczewski, Białobrzeski, Chmielarz, Dobrowolski, Ejsmont, Furmańczyk, Gołębiowski, Hołownia, Iwaszkiewicz, Jabłonowski, Krzemiński, Łagodziński, Młynarczyk, Niewiadomski, Olszański, Pietruszka, Rutkowski, Sobieszczański, Truszkowski, Uliasz, Wróblewski, Zarzycki, Żuławski, Andrzejczak, Borowiecki, Cieślak, Dąbrowicz, Figurski, Grabarczyk, Jędrzejczyk, Kołodziejski, Lewicki, Matusiak, Nowakowski, Ostrowski, Pawłowicz, Radziwiłł, Skowroński, Tomaszewski, Walczuk, Zieleniewski, Żmijewski, Bartosiewicz, Czarnota, Drzewiecki, Gajewicz, Kaczorowski, Leszczyc, Mroczek, Ptaszyński, Rogoziński, Szczepanik, Twardowski, Wichrowski, Zagórski, Kubasik, Majchrzak, Stefaniak, Wdowiak, Zawadzki")),
}
FOREIGN = [  # (given, family)
 (W("Rajesh, Sunita, Venkatesh, Lakshmi, Arjun, Meenakshi, Siddharth, Kavitha, Harpreet, Anjali, Deepak, Shalini"), W("Krishnamurthy, Chatterjee, Subramaniam, Deshpande, Venkataraman, Bhattacharya, Kulkarni, Iyer, Gopalakrishnan, Choudhary, Mehrotra, Nambiar")),
 (W("Emre, Ayşegül, Burak, Zeynep, Oğuzhan, Gülşen, Serkan, Elif, Tolga, Nurcan, Kaan, Şebnem"), W("Karadağ, Özdemir, Çetinkaya, Yıldırım, Kocabaş, Şimşek, Aydoğan, Güneş, Erdoğdu, Tunçbilek, Uzun, Kılıçaslan")),
 (W("Khalid, Yasmin, Abdelrahman, Fatima, Tariq, Layla, Mustafa, Zainab, Bilal, Samira, Youssef, Nour"), W("Al-Masri, Haddad, Benkirane, El Fassi, Bouazizi, Al-Rashid, Mansour, Shehadeh, Boudiaf, Khoury, Abu Zaid, El-Sayed")),
 (W("Thuy Linh, Minh, Quang, Ngoc Anh, Duc, Phuong, Tuan, Hoang, Bao, Mai Lan"), W("Nguyen, Tran, Pham, Huynh, Vo, Dang, Bui, Duong, Ngo, Truong")),
 (W("Chukwuemeka, Ngozi, Oluwaseun, Adaeze, Babatunde, Ifeoma, Chidi, Folake, Emeka, Yewande, Kwame, Abena"), W("Okonkwo, Adeyemi, Nwosu, Balogun, Eze, Olawale, Obi, Achebe, Uzoma, Ogunleye, Mensah, Boateng")),
 (W("Xiaoming, Weiwei, Jianguo, Meiling, Haoran, Yuxin, Zhiwei, Lihua, Guangming, Xueqin"), W("Zhang, Huang, Zhao, Ouyang, Zheng, Xie, Deng, Tang, Feng, Jiang")),
 (W("Ji-hoon, Soo-jin, Min-jun, Hye-kyung, Dong-hyun, Eun-ji, Sung-min, Yoon-a"), W("Hwang, Jeong, Kwon, Yoon, Bae, Shin, Ahn, Seo")),
 (W("Håkon, Astrid, Torbjörn, Ragnhild, Søren, Mikkel, Solveig, Aleksi, Päivi"), W("Bergström, Halvorsen, Østergaard, Kjeldsen, Nyström, Thorvaldsen, Åkesson, Rasmussen, Virtanen, Mäkinen, Gunnarsdóttir")),
 (W("Dimitrios, Eleftheria, Stavros, Kalliopi, Panagiotis, Despina, Vasileios, Evangelia"), W("Papadopoulos, Konstantinou, Karagiannis, Theodorakis, Vlachos, Anagnostou, Mavromatis, Stefanidis")),
 (W("Vladimir, Dmitri, Lyudmila, Oleksandr, Oksana, Yevgeny, Galina, Mykola, Nadezhda"), W("Kuznetsov, Morozova, Shevchenko, Bondarenko, Sokolov, Tkachenko, Lebedeva, Kravchuk, Zaytsev, Hrytsenko")),
 (W("Thiago, Larissa, Gilberto, Vinícius, Rosângela, Everton, Tatiane"), W("Figueiredo, Cavalcante, de Assis, Nogueira, Magalhães, dos Anjos, Teixeira, Guimarães")),
 (W("Haruto, Sakura, Kenji, Ayumi, Takeshi, Yuki, Hiroshi, Naoko"), W("Takahashi, Watanabe, Kobayashi, Matsumoto, Fujimoto, Nakagawa, Ishikawa, Hayashi")),
 (W("Zoltán, Gergő, Zsuzsanna, Ondřej, Markéta, Mihaela, Goran, Jelena, Luka, Vesna"), W("Szabó, Horváth, Kovářová, Dvořák, Popescu, Ionescu, Marković, Jovanović, Petrović, Novotný, Farkas, Stojanović")),
]
RARE_G = {
 "en": (["Bran","Cal","Dor","Ed","Fen","Gal","Hal","Kes","Mer","Ros","Thel","Wyn","Tam","Os"],["wick","ryn","dric","lyn","ver","more","ette","ley","ian","wen","bert","ina","stan"]),
 "de": (["Adel","Bern","Diet","Eg","Fried","Gers","Hel","Irm","Kuni","Lud","Mein","Ort","Ragn","Wal"],["mar","gund","helm","traut","wine","olf","lind","rada","hart","fried","berta","wig","ine"]),
 "fr": (["Aur","Bel","Cléo","Dori","Fab","Gwen","Hél","Isau","Lor","Maël","Noë","Phil","Séra","Vér"],["mond","line","laine","ric","vine","dane","lien","bert","nelle","ral","ance","phine"]),
 "es": (["Ama","Bel","Cas","Dori","Eli","Fer","Gra","Leo","Mar","Nor","Oli","Ros","Sil","Ver"],["dino","cinda","berto","miro","silda","vando","lina","nilda","rico","delio","ximo","santa"]),
 "it": (["Alb","Ber","Cle","Dor","Elv","Fior","Gis","Ilde","Lam","Mel","Ner","Ort","Ros","Vit"],["ino","aldo","enzia","mondo","etta","isio","ania","berto","ella","olfo","igo","essa"]),
 "nl": (["Ar","Bau","Die","Eg","Fem","Ger","Hil","Jor","Koen","Lies","Mar","Rik","Sie","Wil"],["bert","tine","wout","mina","jan","berta","ke","mer","tje","linde","brand","rina"]),
 "pl": (["Bog","Dob","Gości","Jaro","Lubo","Miło","Rado","Sła","Świę","Wie","Zby","Wisła","Prze","Domo"],["rad","mił","sława","gniew","mir","wit","woj","mira","bor","czyna","sław","misława"]),
}
RARE_F = {
 "en": (["Ald","Brack","Crane","Dun","Elm","Fair","Grim","Hol","Ketter","Lang","Marl","Oster","Pem","Quar","Rush","Stave","Thorn","Wither"],["wright","combe","shaw","ley","field","ridge","stead","thwaite","borough","mere","gate","hurst","wick","low"]),
 "de": (["Aschen","Birn","Distel","Erlen","Finken","Grab","Hirsen","Krumm","Leim","Moos","Nebel","Ochsen","Rohr","Stoppel","Tann","Urb","Wecken","Zissel"],["reuter","bichler","kamp","moser","stätter","brunner","egger","huber-Ost","wasser","lehner","schlager","hofer","mann","rieder"]),
 "fr": (["Aube","Bris","Char","Dur","Esp","Fon","Gran","Haut","Jol","Lam","Mar","Nois","Per","Rous","Sauv","Tourn","Val","Ver"],["tignac","villiers","benoît","cheval","sonnet","meilhac","dourgue","bressac","lardieu","monteix","caréol","gaillard","tonnelle","riboux"]),
 "es": (["Al","Bara","Carra","Dori","Esca","Ferna","Gorro","Huer","Jarra","Lan","Mira","Olla","Pala","Que","Rega","Sala","Torra","Zala"],["mendi","querizo","dilla","zábal","pardo","tegui","longa","verde","chano","ñuela","barri","quezo","sinde","talbo"]),
 "it": (["Ala","Bru","Casta","Dona","Erco","Ferra","Gar","Iaco","Lan","Man","Nico","Orsa","Pasto","Quin","Ruga","Sper","Tor","Vale"],["vazzi","nicchio","gnoli","drucci","mbelli","zzolari","tonda","rigato","spina","ndrini","ccioli","gallo","lupo","renghi"]),
 "nl": (["Aard","Bosch","Dam","Eng","Flier","Gras","Hazel","Kamp","Lisse","Moer","Nes","Over","Plas","Rijk","Slui","Tolle","Uiter","Wind"],["kerken","voorde","hoven","stra","berg","dijker","wijker","maten","horst","veen","burger","zand","linck","ters"]),
 "pl": (["Bara","Cho","Dere","Gaw","Hu","Jaś","Kłos","Lubo","Mak","Nied","Ogr","Pło","Rędz","Smo","Tro","Wyr","Zał","Żyw"],["niewski","towicz","czuk","lakiewicz","bielski","warski","szczak","dynek","mirski","gulski","rowiak","piński","sieński","chocki"]),
}
PL_INFL = {"Agnieszka":"Agnieszki","Bożena":"Bożeny","Danuta":"Danuty","Halina":"Haliny","Jadwiga":"Jadwigi","Urszula":"Urszuli","Dorota":"Doroty","Joanna":"Joanny","Beata":"Beaty","Hubert":"Huberta","Konrad":"Konrada","Oskar":"Oskara","Dominik":"Dominika","Dariusz":"Dariusza","Arkadiusz":"Arkadiusza","Tadeusz":"Tadeusza","Szymon":"Szymona","Ireneusz":"Ireneusza","Zbigniew":"Zbigniewa","Radosław":"Radosława"}

COMP = W("Harrow Vale Logistics Ltd, Copperline Analytics Inc., Otterbeck Foods PLC, Lindgren & Partner AB, Haug Feinwerk GmbH, Wilhelm Sattler Verlag, Nordkap Reederei AG, Brüder Amsel OHG, Maison Perrault SAS, Ateliers Corbin SARL, Verrerie du Lac SA, Hermanos Zamora S.L., Aceites Tolosa S.A., Bodegas Ferrer S.L., Officine Bassani S.r.l., Cantiere Morandi S.p.A., Pasta Lorenzo S.r.l., Jansen Scheepsbouw B.V., Van Vliet Kwekerij B.V., Molen Noord N.V., Zakłady Orlik Sp. z o.o., Browar Kasztelan S.A., Drukarnia Sowa S.A., Pinecrest Robotics LLC, Mason Grady LLP, Teal Harbor Insurance, Solvane Pharma, Quintero Lab, Hydrastis Water, Ferro & Figli S.n.c.")
TEAMS = W("Team Kestrel, Checkout Tribe, Risk Desk, Growth Lab, Squad Orca, Edge Networking, Data Foundry, Team Luchs, Core Ledger, Payments Iberia, Identity Crew, Mobile Chapter, Team Granit, Search Pod, Infra West, Client Success, Night Shift, Tiger Team")
PRODS = W("Ansible, Prometheus, Laravel, Svelte, Cassandra, Jupyter, Airflow, Tableau, Figma, Nomad, Vault, Istio, Elixir, Puppet, Snowflake, Marvin, Siri, Haskell, Gauss, Kepler, Tesla P100, Curie, Hopper")
ROOMS = W("Marie Curie, Ada Lovelace, Turing, Noether, Galileo, Humboldt, Beatrice, Cleopatra, Gutenberg, Sofia, Victoria Falls, Rosalinde, Magellan, Copernicus, Fermat, Leonardo")
HOSTS = W("freya-02, odin-db1, hermes, clara-proxy, otto-build-7, gandalf, minerva-03, lukas-ci, emma-cache-1, bruno-stg, apollo11, theodor-nas, igor-worker-4, mathilda-gw")
SRV = W("code.harrowvale.example, tracker.otterbeck-foods.com, docs.copperline.io, intranet.haug-feinwerk.de, wiki.maison-perrault.fr, git.bodegas-ferrer.es, portale.bassani-officine.it, desk.vanvliet-kwekerij.nl, portal.orlik-zaklady.pl, status.solvane.eu, kb.tealharbor.com")
MAILD = W("harrowvale.co.uk, copperline.io, otterbeck-foods.com, haug-feinwerk.de, sattler-verlag.de, nordkap-reederei.de, maison-perrault.fr, ateliers-corbin.fr, zamora-hnos.es, bodegas-ferrer.es, bassani-officine.it, cantiere-morandi.it, vanvliet-kwekerij.nl, molen-noord.nl, orlik-zaklady.pl, browar-kasztelan.pl, briefkasten-lokal.net, mailhaven.org, pinecrest-robotics.com, tealharbor.com")
PROJ = W("OTTER, HVL, KRAN, PLX, FROG, LDGR, MOBI, SRCH, ATLAS, QUAY, NRD")
BRANCHES = W("feat/oauth-device-flow, bugfix/null-iban, hotfix/7.2-leap-day, feat/sepa-batch, refactor/jordan-matrix, spike/victoria-metrics, release/2026.11, perf/bloom-filter, docs/christmas-freeze, feat/mark-as-read, task/frank-wolfe-solver")

STREETS = {
 "en": (W("Maple Grove Road, Tannery Walk, Wexford Drive, Old Mill Lane, Quayside Terrace, Hollyhock Avenue, Pemberley Close, Juniper Court, Saddler Street, Windmill Hill, Lakeview Boulevard, Foxglove Way"),
        [lambda r: r.choice(["Exeter EX4 3%s","Norwich NR2 1%s","York YO10 4%s","Cardiff CF11 9%s","Dundee DD1 4%s"])%("".join(r.choices("ABDEFGHJLNPQRSTUWXYZ",k=2))), lambda r: r.choice(["Portland, OR 97%03d","Tucson, AZ 857%02d","Omaha, NE 681%02d","Savannah, GA 314%02d","Duluth, MN 558%02d"])%r.randint(1,29)], "{n} {s}, {t}"),
 "de": (W("Amselstieg, Kastanienallee, Am Mühlenteich, Bleichstraße, Dorotheenplatz, Fliederweg, Gerberstr., Hinterm Deich, Königsbrücker Landstraße, Lerchenfeldgasse, Neue Promenade, Pestalozzistraße, Ritterring, Steinbrinksweg"),
        [lambda r: r.choice(["33602 Bielefeld","34117 Kassel","86150 Augsburg","18055 Rostock","66111 Saarbrücken","99084 Erfurt","26122 Oldenburg","8010 Graz","4020 Linz","8400 Winterthur","9000 St. Gallen"])], "{s} {n}, {t}"),
 "fr": (W("rue des Tanneurs, avenue du Maréchal Foch, boulevard Carnot, impasse des Lilas, chemin de la Source, place du Marché-Neuf, quai des Bateliers, allée des Platanes, rue Basse, cours Mirabeau, route de Vannes, square Lamartine"),
        [lambda r: r.choice(["35000 Rennes","21000 Dijon","87000 Limoges","29200 Brest","63000 Clermont-Ferrand","14000 Caen","68100 Mulhouse","66000 Perpignan"])], "{n}{b} {s}, {t}"),
 "es": (W("Calle del Almendro, Paseo de los Olivos, Plaza de la Merced, Avenida de América, Ronda de Toledo, Travesía del Pez, Camino Viejo, Calle Ancha, C/ San Bernardo, Carrer de la Pau, Rúa Nova, Glorieta de Bilbao"),
        [lambda r: r.choice(["47002 Valladolid","26003 Logroño","09004 Burgos","14005 Córdoba","36201 Vigo","30003 Murcia","33006 Oviedo","39001 Santander"])], "{s}, {n}{p}, {t}"),
 "it": (W("Via dei Mille, Corso Umberto I, Viale della Resistenza, Piazza del Plebiscito, Largo Augusto, Vicolo Stretto, Via Santa Chiara, Strada Maggiore, Via Monte Grappa, Lungarno Acciaiuoli, Contrada Fontana, Via XX Settembre"),
        [lambda r: r.choice(["34121 Trieste TS","43121 Parma PR","06121 Perugia PG","70121 Bari BA","95124 Catania CT","35122 Padova PD","25121 Brescia BS","60121 Ancona AN"])], "{s} {n}, {t}"),
 "nl": (W("Lindenlaan, Kerkstraat, Nieuwe Gracht, Zuiderdiep, Molenpad, Burgemeester Roelstraat, Vismarkt, Eikenhof, Prins Hendrikkade, Haverweg, Wilgenplein, Scheepmakersdijk"),
        [lambda r: r.choice(["9711 %s Groningen","6511 %s Nijmegen","8011 %s Zwolle","5611 %s Eindhoven","2311 %s Leiden","7411 %s Deventer","4811 %s Breda"])%"".join(r.choices("ABCDEFGHJKLNPRSTVWXZ",k=2))], "{s} {n}{x}, {t}"),
 "pl": (W("ul. Jaśminowa, ul. Kościuszki, al. Niepodległości, pl. Zamkowy, ul. Wierzbowa, os. Bohaterów, ul. Świętej Anny, ul. Żeglarska, al. Wojska Polskiego, ul. Piekarska, ul. Rybacka, ul. Okrzei"),
        [lambda r: r.choice(["85-005 Bydgoszcz","20-112 Lublin","35-064 Rzeszów","15-092 Białystok","45-015 Opole","25-520 Kielce","87-100 Toruń","10-026 Olsztyn"])], "{s} {n}{m}, {t}"),
}
MONTHS = {"en":W("January,February,March,April,May,June,July,August,September,October,November,December"),"de":W("Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember"),
 "fr":W("janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre"),"es":W("enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre"),
 "it":W("gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre"),"nl":W("januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december"),
 "pl":W("stycznia,lutego,marca,kwietnia,maja,czerwca,lipca,sierpnia,września,października,listopada,grudnia")}
TITLES = {"en":(W("Mr, Mr., Dr, Professor"),W("Ms, Mrs, Dr., Prof.")),"de":(W("Herr, Herr Dr., Dr."),W("Frau, Frau Dr., Dr.")),"fr":(W("M., Monsieur, Me"),W("Mme, Madame, Dr")),"es":(W("el señor, D., Sr., el doctor"),W("la señora, Dña., Sra., la doctora")),
 "it":(W("il signor, il dott., l'ing."),W("la signora, la dott.ssa, l'avv.")),"nl":(W("meneer, dhr., de heer, dr."),W("mevrouw, mw., mevr., dr.")),"pl":(W("pan, Pan, dr, mgr"),W("pani, Pani, dr, mgr"))}

# ---------------------------------------------------------------- identifiers
D = lambda r, n: "".join(r.choices("0123456789", k=n))
A = lambda r, n: "".join(r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=n))
AN = lambda r, n: "".join(r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", k=n))
HEX = lambda r, n: "".join(r.choices("0123456789abcdef", k=n))
def groups(s, *ns):
    out, i = [], 0
    for n in ns:
        out.append(s[i:i+n]); i += n
    if i < len(s): out.append(s[i:])
    return out
def iban_check(cc, bban):
    n = int("".join(str(int(c, 36)) for c in bban + cc + "00"))
    return "%02d" % (98 - n % 97)
def bban(r, cc):
    if cc == "DE": return r.choice(["37040044","50010517","20050550","12030000","70015000","43060967"]) + D(r, 10)
    if cc == "AT": return r.choice(["12000","20111","32000","60000"]) + D(r, 11)
    if cc == "CH": return r.choice(["00762","04835","09000","00230"]) + D(r, 12)
    if cc == "NL": return r.choice(["ABNA","RABO","INGB","TRIO","BUNQ","ASNB"]) + "0" + D(r, 9)
    if cc == "GB": return r.choice(["NWBK","HBUK","BARC","LOYD","MONZ","SRLG"]) + D(r, 14)
    if cc == "PL": return r.choice(["10901014","11402004","10205226","12401037"]) + D(r, 16)
    if cc == "FR":
        b = r.choice(["30004","20041","14508","10278"]) + D(r, 5); acc = D(r, 11)
        k = 97 - (89 * int(b[:5]) + 15 * int(b[5:]) + 3 * int(acc)) % 97
        return b + acc + "%02d" % k
    if cc == "ES":
        b = r.choice(["2100","0049","0182","2038"]) + D(r, 4); acc = D(r, 10)
        def dc(s):
            x = 11 - sum(int(c) * w for c, w in zip(s, [1,2,4,8,5,10,9,7,3,6])) % 11
            return {10: 1, 11: 0}.get(x, x)
        return b + str(dc("00" + b)) + str(dc(acc)) + acc
    if cc == "IT":
        s = r.choice(["05428","03069","02008","01030"]) + D(r, 5) + D(r, 12)
        odd = dict(zip("0123456789", [1,0,5,7,9,13,15,17,19,21]))
        return chr(65 + sum(odd[c] if i % 2 == 0 else int(c) for i, c in enumerate(s)) % 26) + s
    if cc == "BE":
        s = r.choice(["539","096","363"]) + D(r, 7); k = int(s) % 97 or 97
        return s + "%02d" % k
    if cc == "LU": return r.choice(["001","008"]) + D(r, 13)
    if cc == "DK": return r.choice(["0040","3000"]) + D(r, 10)
    if cc == "SE": return r.choice(["500","600"]) + D(r, 17)
    if cc == "PT":
        s = r.choice(["0002","0035"]) + D(r, 4) + D(r, 11)
        return s + "%02d" % (98 - int(s + "00") % 97)
HOMECC = {"en":["GB","GB","GB","IE0"],"de":["DE","DE","DE","AT","CH"],"fr":["FR"],"es":["ES"],"it":["IT"],"nl":["NL"],"pl":["PL"]}
def iban(r, lang, good=True, compact=None):
    cc = r.choice([c for c in HOMECC[lang] if len(c) == 2]) if r.random() < .75 else r.choice("DE AT CH NL GB PL FR ES IT BE LU DK SE PT".split())
    b = bban(r, cc); k = iban_check(cc, b)
    if not good: k = "%02d" % ((int(k) - 2 + r.randint(1, 90)) % 97 + 2)
    s = cc + k + b
    if compact is None: compact = r.random() < .5
    return s if compact else " ".join(re.findall(".{1,4}", s))
def luhn(s):
    t = 0
    for i, c in enumerate(reversed(s)):
        x = int(c) * (1 if i % 2 else 2); t += x - 9 if x > 9 else x
    return str(-t % 10)
def card(r, good=True, compact=None):
    p, n = r.choice([("4",16),("4",16),("4",16),("51",16),("53",16),("55",16),("2221",16),("2486",16),("2704",16),("34",15),("37",15),("6011",16),("6511",16),("3541",16),("36",14)])
    s = p + D(r, n - len(p) - 1); k = luhn(s)
    if not good: k = str((int(k) + r.randint(1, 9)) % 10)
    s += k
    if compact is None: compact = r.random() < .35
    if compact: return s
    g = {16: (4,4,4,4), 15: (4,6,5), 14: (4,6,4)}[n]
    return r.choice([" ", " ", "-"]).join(groups(s, *g))
def mod1110(s):
    p = 10
    for c in s:
        t = (int(c) + p) % 10 or 10; p = t * 2 % 11
    return str((11 - p) % 10)
def steuer(r, good=True):
    while True:
        d = r.sample("0123456789", 9); d.insert(r.randint(0, 9), r.choice(d)); s = "".join(d)
        if s[0] != "0": break
    k = mod1110(s)
    if not good: k = str((int(k) + r.randint(1, 9)) % 10)
    s += k
    return s if r.random() < .5 else "%s %s %s %s" % tuple(groups(s, 2, 3, 3, 3))
def rvnr(r, p):
    d = p.dob; a = r.choice(["02","04","08","09","10","11","12","13","14","15","16","18","19","20","21","23","24","25","26","28","29","38","39","40","42","44","48","49","52","53","54","65","66"])
    L = fold(p.last).upper()[0] if fold(p.last)[:1].isalpha() else "M"
    ser = "%02d" % (r.randint(0, 49) if p.male else r.randint(50, 99))
    base = a + d.strftime("%d%m%y") + "%02d" % (ord(L) - 64) + ser
    t = sum(sum(map(int, str(int(c) * w))) for c, w in zip(base, [2,1,2,5,7,1,2,1,2,1,2,1]))
    s = a + d.strftime("%d%m%y") + L + ser + str(t % 10)
    return s if r.random() < .6 else " ".join(groups(s, 2, 6, 1, 3))
AUSW = "CFGHJKLMNPRTVWXYZ"
def w731(s): return str(sum(int(c, 36) * [7,3,1][i % 3] for i, c in enumerate(s)) % 10)
def ausweis(r):
    s = r.choice("LMNPRTVWXY") + "".join(r.choices(AUSW + "0123456789", k=8)); return s + w731(s)
def plate(r):
    c = r.choice(["B","HH","M","K","F","S","D","DO","L","HB","OL","KS","ERZ","LÖ","WÜ","RO","GAP","FFB","NEA","STD"]); l = A(r, r.choice([1,2,2])).replace("Q","K"); n = str(r.randint(1, 9999 if len(c) < 3 else 999))
    return c + r.choice(["-","-"," "]) + l + " " + n + r.choice(["","","","","E","H"])
def nir(r, p, good=True):
    d = p.dob; dep = r.choice(["13","31","33","59","69","75","92","35","44","2A","2B","67"])
    s = ("1" if p.male else "2") + d.strftime("%y%m") + dep + "%03d" % r.randint(1, 560) + "%03d" % r.randint(1, 880)
    n = int(s.replace("2A","19").replace("2B","18")); k = 97 - n % 97
    if not good: k = k % 97 + 1
    s += "%02d" % k
    return s if r.random() < .45 else " ".join(groups(s, 1, 2, 2, 2, 3, 3, 2))
DNIL = "TRWAGMYFPDXBNJZSQVHLCKE"
def dni(r, good=True):
    if r.random() < .3:
        x = r.choice("XYZ"); s = D(r, 7); L = DNIL[int(str("XYZ".index(x)) + s) % 23]
        if not good: L = DNIL[(DNIL.index(L) + r.randint(1, 22)) % 23]
        return r.choice(["%s%s%s", "%s-%s-%s", "%s-%s%s"]) % (x, s, L)
    s = D(r, 8); L = DNIL[int(s) % 23]
    if not good: L = DNIL[(DNIL.index(L) + r.randint(1, 22)) % 23]
    return r.choice([s + L, s + "-" + L, s[:2] + "." + s[2:5] + "." + s[5:] + "-" + L, s + " " + L][:3])
CFODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", [1,0,5,7,9,13,15,17,19,21,1,0,5,7,9,13,15,17,19,21,2,4,18,20,11,3,6,8,12,14,16,10,22,25,24,23]))
def cf(r, p):
    def three(s, first=False):
        s = re.sub("[^A-Z]", "", fold(s).upper()); c = re.sub("[AEIOU]", "", s); v = re.sub("[^AEIOU]", "", s)
        if first and len(c) > 3: c = c[0] + c[2:]
        return (c + v + "XXX")[:3]
    d = p.dob
    s = three(p.last) + three(p.first, True) + d.strftime("%y") + "ABCDEHLMPRST"[d.month - 1] + "%02d" % (d.day + (0 if p.male else 40)) + r.choice(["H501","F205","L424","G337","A662","C351","G224","B157","F839","A271"])
    return s + chr(65 + sum(CFODD[c] if i % 2 == 0 else int(c, 36) - (10 if c.isalpha() else 0) for i, c in enumerate(s)) % 26)
def bsn(r, good=True):
    while True:
        s = r.choice("123456") + D(r, 8); t = sum(int(c) * w for c, w in zip(s, [9,8,7,6,5,4,3,2,-1]))
        if (t % 11 == 0) == good: break
    return s if r.random() < .6 else r.choice([".", " "]).join(groups(s, 4, 2, 3) if r.random() < .6 else groups(s, 3, 3, 3))
def pesel(r, p, good=True):
    d = p.dob; s = "%02d%02d%02d" % (d.year % 100, d.month + (20 if d.year >= 2000 else 0), d.day) + D(r, 3) + str(r.randint(0, 4) * 2 + (1 if p.male else 0))
    k = -sum(int(c) * w for c, w in zip(s, [1,3,7,9,1,3,7,9,1,3])) % 10
    if not good: k = (k + r.randint(1, 9)) % 10
    return s + str(k)
def nhs(r, good=True):
    while True:
        s = r.choice("4679") + D(r, 8); k = 11 - sum(int(c) * (10 - i) for i, c in enumerate(s)) % 11
        k = 0 if k == 11 else k
        if k != 10: break
    if not good: k = (k + r.randint(1, 8)) % 10
    s += str(k)
    return s if r.random() < .4 else r.choice([" ", "-"]).join(groups(s, 3, 3, 4))
def ssn(r):
    a = r.choice([x for x in range(1, 773) if x != 666]); return "%03d-%02d-%04d" % (a, r.randint(1, 99), r.randint(1, 9999))
def nino(r):
    while True:
        s = r.choice("ABCEGHJKLMNPRSTWXYZ") + r.choice("ABCEGHJKLMNPRSTWXYZ")
        if s not in ("BG","GB","NK","KN","TN","NT","ZZ"): break
    s += D(r, 6) + r.choice("ABCD")
    return s if r.random() < .5 else " ".join(groups(s, 2, 2, 2, 2, 1))
def passport(r, lang):
    if lang == "en": return r.choice([D(r, 9), r.choice("ACXZ") + D(r, 8), "5" + D(r, 8)])
    if lang == "de": return r.choice("CFGHJK") + "".join(r.choices(AUSW + "0123456789" * 2, k=7)) + D(r, 1)
    if lang == "fr": return D(r, 2) + A(r, 2) + D(r, 5)
    if lang == "es": return "PA" + A(r, 1) + D(r, 6) if r.random() < .5 else A(r, 3) + D(r, 6)
    if lang == "it": return "Y" + A(r, 1) + D(r, 7)
    if lang == "nl": return r.choice("NBS") + r.choice("ABCDEFGHJKLMNPRSTX") + "".join(r.choices("0123456789ABCDEFGHJKLMNPRSTUVWXYZ"[:10] * 3 + "BCDFHKLPRS", k=6)) + D(r, 1)
    while True:
        s = "E" + A(r, 1) + D(r, 7)
        if sum(int(c, 36) * w for c, w in zip(s, [7,3,9,1,7,3,1,7,3])) % 10 == 0: return s
def phone(r, lang):
    x = lambda n: D(r, n); y = lambda: r.choice("23456789")
    if lang == "en":
        if r.random() < .5:
            n, e, l = r.choice(["503","520","402","912","218","608","207","615"]), y() + r.choice("2345678") + x(1), x(4)
            return r.choice(["(%s) %s-%s", "+1 %s-%s-%s", "%s-%s-%s", "+1 (%s) %s-%s", "+1%s%s%s", "1-%s-%s-%s"]) % (n, e, l)
        return r.choice([lambda: "07%s %s" % (r.choice(["700","911","455","802"]), x(6)), lambda: "+44 7%s %s" % (r.choice(["700","911","455"]), x(6)), lambda: "01392 " + y() + x(5), lambda: "020 7%s %s" % (x(3), x(4)), lambda: "+44 (0)29 2%s %s" % (x(3), x(4)), lambda: "+447911" + x(6), lambda: "0044 1603 " + y() + x(5)])()
    if lang == "de":
        m = r.choice(["151","160","170","175","176"]); c = r.choice(["521","561","821","381","361","441"])
        return r.choice([lambda: "0%s %s" % (m, y() + x(7)), lambda: "0%s/%s" % (m, y() + x(6)), lambda: "+49 %s %s" % (m, y() + x(7)), lambda: "+49 (0)%s %s %s" % (c, y() + x(2), x(3)), lambda: "0%s / %s %s" % (c, y() + x(2), x(3)), lambda: "(0%s) %s" % (c, y() + x(5)), lambda: "0049 %s %s-%s" % (c, y() + x(3), x(2)),
            lambda: "+43 664 " + y() + x(6), lambda: "+43 316 " + y() + x(2) + " " + x(3), lambda: "+41 79 %s %s %s" % (y() + x(2), x(2), x(2)), lambda: "052 %s %s %s" % (y() + x(2), x(2), x(2)), lambda: "+41712%s" % x(6)])()
    if lang == "fr":
        a = r.choice(["06","07","02","03","05","09"]); g = [x(2) for _ in range(4)]
        return r.choice([lambda: a + " " + " ".join(g), lambda: a + "." + ".".join(g), lambda: a + "".join(g), lambda: "+33 " + a[1] + " " + " ".join(g), lambda: "+33 (0)" + a[1] + " " + " ".join(g), lambda: "0033" + a[1] + "".join(g), lambda: "-".join([a] + g)])()
    if lang == "es":
        s = r.choice("67") + y() + x(7); f = r.choice(["983","941","957","986"])
        return r.choice([lambda: " ".join(groups(s, 3, 3, 3)), lambda: " ".join(groups(s, 3, 2, 2, 2)), lambda: "+34 " + " ".join(groups(s, 3, 3, 3)), lambda: "+34" + s, lambda: "%s %s %s %s" % (f, y() + x(1), x(2), x(2)), lambda: "(+34) %s %s" % (f, y() + x(5)), lambda: "0034 " + s, lambda: "-".join(groups(s, 3, 3, 3))])()
    if lang == "it":
        m = r.choice(["320","328","333","339","349","388"]); c = r.choice(["040","0521","075","080","095","049"])
        return r.choice([lambda: "%s %s" % (m, y() + x(6)), lambda: "%s %s %s" % (m, y() + x(2), x(4)), lambda: "+39 %s %s" % (m, y() + x(6)), lambda: "+39%s%s" % (m, y() + x(6)), lambda: "%s/%s" % (c, y() + x(5)), lambda: "+39 %s %s" % (c, y() + x(6)), lambda: "0039 %s %s" % (c, y() + x(5))])()
    if lang == "nl":
        return r.choice([lambda: "06-" + y() + x(7), lambda: "06 %s %s %s %s" % (y() + x(1), x(2), x(2), x(2)), lambda: "+31 6 " + y() + x(7), lambda: "+31 (0)50 %s %s" % (y() + x(2), x(4)), lambda: "050 - " + y() + x(2) + " " + x(4), lambda: "024-" + y() + x(6), lambda: "+3138" + y() + x(6), lambda: "0031 40 " + y() + x(6)])()
    s = r.choice(["501","605","693","725","788","881"]) + y() + x(5)
    return r.choice([lambda: " ".join(groups(s, 3, 3, 3)), lambda: "-".join(groups(s, 3, 3, 3)), lambda: "+48 " + " ".join(groups(s, 3, 3, 3)), lambda: "+48" + s, lambda: "52 %s %s %s" % (y() + x(2), x(2), x(2)), lambda: "(81) %s-%s-%s" % (y() + x(2), x(2), x(2)), lambda: "0048 17 %s" % (y() + x(6)), lambda: "tel".replace("tel", "+48 85 ") + y() + x(2) + " " + x(2) + " " + x(2)])()
def ip(r):
    return r.choice([lambda: "%d.%d.%d.%d" % (r.choice([31,46,62,77,80,84,91,95,109,178,185,188,195,213]), r.randint(1, 254), r.randint(0, 254), r.randint(1, 254)), lambda: "203.0.113.%d" % r.randint(1, 254), lambda: "192.0.2.%d" % r.randint(1, 254)])()
def ip6(r):
    return r.choice([lambda: "2a02:%x:%x:%x::%x" % tuple(r.randint(256, 65535) for _ in range(4)), lambda: "2001:db8:%x:%x:%x:%x:%x:%x" % tuple(r.randint(256, 65535) for _ in range(6)), lambda: "2a00:1450:%x:%x::%x" % tuple(r.randint(16, 65535) for _ in range(3)), lambda: "fe80::%x:%xff:fe%02x:%x" % (r.randint(256, 65535), r.randint(16, 255), r.randint(0, 255), r.randint(256, 65535))])()
def mac(r):
    s = [r.choice("02468ace") and HEX(r, 1) + r.choice("048c")] + [HEX(r, 2) for _ in range(5)]
    return r.choice([":".join(s), ":".join(s), "-".join(s).upper(), ":".join(s).upper(), "".join(s[:2]) + "." + "".join(s[2:4]) + "." + "".join(s[4:])])
b64 = lambda b: base64.urlsafe_b64encode(b).decode().rstrip("=")
def rb(r, n): return bytes(r.getrandbits(8) for _ in range(n))
def jwt(r): return b64(json.dumps({"typ": "JWT", "alg": r.choice(["HS512","ES256","RS512"]), "kid": HEX(r, 6)}).encode()) + "." + b64(json.dumps({"iss": "https://login.example", "sub": HEX(r, 8), "exp": r.randint(1790000000, 1799999999)}).encode()) + "." + b64(rb(r, 32))
def pkey(r):
    k = r.choice(["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"]); b = base64.b64encode(rb(r, 142)).decode()
    return "-----BEGIN %s-----\n%s\n-----END %s-----" % (k, "\n".join(re.findall(".{1,64}", b)), k)
SEC = {
 "aws": lambda r: r.choice(["AKIA","ASIA"]) + "".join(r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)),
 "ghp": lambda r: "ghp_" + AN(r, 36), "ghpat": lambda r: "github_pat_" + AN(r, 22) + "_" + AN(r, 59), "glpat": lambda r: "glpat-" + AN(r, 20),
 "slackb": lambda r: "xoxb-%s-%s-%s" % (D(r, 12), D(r, 12), AN(r, 24)), "stripe": lambda r: r.choice(["sk_live_","rk_live_"]) + AN(r, 24), "google": lambda r: "AIza" + AN(r, 35),
 "sendgrid": lambda r: "SG." + AN(r, 22) + "." + AN(r, 43), "npm": lambda r: "npm_" + AN(r, 36), "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + AN(r, 70), "openai": lambda r: "sk-proj-" + AN(r, 48), "anthropic": lambda r: "sk-ant-api03-" + AN(r, 93) + "AA",
 "do": lambda r: "dop_v1_" + HEX(r, 64), "hf": lambda r: "hf_" + "".join(r.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=34)), "shopify": lambda r: "shpat_" + HEX(r, 32), "telegram": lambda r: D(r, 10) + ":AA" + AN(r, 33),
 "vault": lambda r: "hvs." + AN(r, 24), "databricks": lambda r: "dapi" + HEX(r, 32), "atlassian": lambda r: "ATATT3xFfGF0" + AN(r, 60), "jwt": jwt, "linear": lambda r: "lin_api_" + AN(r, 40), "twilio": lambda r: "SK" + HEX(r, 32), "pw": lambda r: AN(r, 5) + r.choice("!*_$") + AN(r, 5) + r.choice("=?+") + AN(r, 3), "azure": lambda r: base64.b64encode(rb(r, 64)).decode(), "pkey": pkey,
}
def fold(s, de=False):
    if de: s = s.replace("ä","ae").replace("ö","oe").replace("ü","ue")
    for a, b in (("ß","ss"),("ł","l"),("Ł","L"),("ø","o"),("Ø","O"),("ı","i"),("œ","oe"),("æ","ae"),("đ","d")): s = s.replace(a, b)
    return "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))
# Names and values that another set has too and that are drawn again, by CRC-32: the two stay apart, and this one can be made without the other.
AGAIN = set("""
1097787b 1cd6dec2 1d8f8199 2231ab26 46cddffd 4906d0b1 4bd0df37 6bd1ee54 a99f18a2 b914c902 cc0968e7
""".split())
def again(s): return "%08x" % zlib.crc32(s.encode()) in AGAIN
PART = set("van der den de von la le del della di da dos des el al abu lo ten ter op t du d o mc st d'".split())

def accidental(s):
    """True if a bare number has right check digits of some scheme by chance."""
    w = lambda ws: sum(int(c) * x for c, x in zip(s, ws))
    if len(s) == 9: return w([9,8,7,6,5,4,3,2,-1]) % 11 == 0
    if len(s) == 10: return (11 - w(range(10, 1, -1)) % 11) % 11 == int(s[9])
    if len(s) == 11: return w([1,3,7,9,1,3,7,9,1,3,1]) % 10 == 0 or mod1110(s[:10]) == s[10]
    return False
class P: pass
def fem_pl(n): return re.sub("(sk|ck|dzk)i$", r"\1a", n)
def person(r, lang, taken, src=None):
    while True:
        p = P(); p.src = src or r.choices(["native", "foreign", "rare"], [60, 20, 20])[0]; p.male = r.random() < .5
        if p.src == "native":
            p.first = r.choice(NAT[lang][0 if p.male else 1]); p.last = r.choice(NAT[lang][2])
        elif p.src == "foreign":
            g = r.choice(FOREIGN); p.first = r.choice(g[0]); p.last = r.choice(g[1])
        else:
            g, f = RARE_G[lang], RARE_F[lang]
            p.first = r.choice(g[0]) + r.choice(g[1]); p.last = r.choice(f[0]) + r.choice(f[1])
            p.male = p.first[-1] not in "aeé" 
        if lang == "pl" and not p.male and p.src != "foreign": p.last = fem_pl(p.last)
        parts = {w.casefold() for w in re.findall(r"[^\W_]+", p.first + " " + p.last)}
        if parts & taken or again(p.first + " " + p.last): continue
        taken |= {w for w in parts if w not in PART}
        p.dob = datetime.date(1944, 1, 1) + datetime.timedelta(r.randint(0, 22500)); p.lang = lang; p.r = r
        p.domain = r.choice(MAILD); p.cache = {}
        return p
def slug(s, p): return re.sub("[^a-z0-9]", "", fold(s.lower(), p.lang == "de"))
def email(p):
    if "e" not in p.cache:
        a, b, r = slug(p.first, p), slug(p.last, p), p.r
        l = r.choice([a + "." + b] * 4 + [a[0] + "." + b, a[0] + b, b + "." + a, a + "_" + b, a + str(r.randint(60, 99)), b + a[0], a + "-" + b, a + "." + b + "+" + r.choice(["invoices","lists","dev"])])
        p.cache["e"] = l + "@" + p.domain
    return p.cache["e"]
def handle(p):
    if "h" not in p.cache:
        a, b, r = slug(p.first, p), slug(p.last, p), p.r
        p.cache["h"] = r.choice([a[0] + b, a + b[:2], b + a[0], a + "_" + b, b[:5] + a[:3], a[:3] + b[:4] + str(r.randint(1, 99)), a + "-" + b, a + str(r.randint(70, 99)), a[:1] + "." + b])
    return p.cache["h"]
def lower_ok(p): return p.first.casefold() != p.first

class Doc:
    def __init__(s, r, lang):
        s.r, s.lang, s.pii, s.keep, s.ps, s.taken, s.off = r, lang, [], [], {}, set(), 0
        s.last_ps = None
    def p(s, n):
        if n not in s.ps: s.ps[n] = person(s.r, s.lang, s.taken)
        return s.ps[n]
    def add(s, typ, v, p=None, form=None):
        e = {"type": typ, "value": v}
        if p is not None: e["form"] = form; e["src"] = p.src
        s.pii.append((e, p)); return v
    def k(s, v):
        s.keep.append(v); return v
    def date(s):
        r = s.r; d = datetime.date(2026, 1, 1) + datetime.timedelta(r.randint(0, 400)); return s.fmt(d)
    def fmt(s, d):
        r, l = s.r, s.lang; m = MONTHS[l][d.month - 1]
        if l == "en": return r.choice(["%d %s %d" % (d.day, m, d.year), "%s %d, %d" % (m, d.day, d.year), d.strftime("%d/%m/%Y"), d.isoformat()])
        if l == "de": return r.choice(["%d. %s %d" % (d.day, m, d.year), d.strftime("%d.%m.%Y"), "%d.%d.%d" % (d.day, d.month, d.year)])
        if l == "fr": return r.choice(["%d %s %d" % (d.day, m, d.year), d.strftime("%d/%m/%Y"), d.strftime("%d.%m.%Y")])
        if l == "es": return r.choice(["%d de %s de %d" % (d.day, m, d.year), d.strftime("%d/%m/%Y"), d.strftime("%d-%m-%Y")])
        if l == "it": return r.choice(["%d %s %d" % (d.day, m, d.year), d.strftime("%d/%m/%Y"), d.strftime("%d.%m.%Y")])
        if l == "nl": return r.choice(["%d %s %d" % (d.day, m, d.year), d.strftime("%d-%m-%Y")])
        return r.choice(["%d %s %d" % (d.day, m, d.year), d.strftime("%d.%m.%Y"), d.strftime("%d-%m-%Y")])
    def ts(s):
        r = s.r; d = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=r.randint(0, 31000000))
        return r.choice([d.strftime("%Y-%m-%dT%H:%M:%S.") + D(r, 3) + "Z", d.strftime("%Y-%m-%dT%H:%M:%SZ"), d.strftime("%Y-%m-%d %H:%M:%S,") + D(r, 3), d.strftime("%Y-%m-%dT%H:%M:%S+01:00")])
    def addr(s, full):
        r = s.r; l = s.lang; st, towns, f = STREETS[l]
        parts = dict(s=r.choice(st), n=str(r.randint(1, 180)), t=r.choice(towns)(r), b=r.choice([""," bis"," ter","",","]), p=r.choice(["",", 3.º B",", bajo dcha.",""]), x=r.choice(["","","-II"," A","bis"]), m=r.choice(["","/4"," m. 12","A"]))
        if l == "de" and r.random() < .2: parts["n"] += r.choice(["b"," c","a"])
        f = f if full else f[: f.rfind(", {t}")]
        return f.format(**parts)
    def simple(s, t):
        r, l = s.r, s.lang; k = s.k
        if t == "phone": return s.add("PHONE", phone(r, l if r.random() < .85 else r.choice(LANGS)))
        if t == "street": return s.add("STREET_ADDRESS", s.addr(True))
        if t == "streetline": return s.add("STREET_ADDRESS", s.addr(False))
        if t == "iban": return s.add("IBAN", iban(r, l))
        if t == "ibanc": return s.add("IBAN", iban(r, l, compact=True))
        if t == "ibanbad": return k(iban(r, l, False))
        if t == "card": return s.add("CREDIT_CARD", card(r))
        if t == "cardc": return s.add("CREDIT_CARD", card(r, compact=True))
        if t == "cardbad": return k(card(r, False))
        if t == "ip": return s.add("IP_ADDRESS", ip(r))
        if t == "ipv6": return s.add("IP_ADDRESS", ip6(r))
        if t == "mac": return s.add("MAC", mac(r))
        if t == "passport": return s.add("PASSPORT", passport(r, l))
        if t == "ssn": return s.add("US_SSN", ssn(r))
        if t == "nino": return s.add("UK_NINO", nino(r))
        if t == "nhs": return s.add("UK_NHS", nhs(r))
        if t == "nhsbad": return k(nhs(r, False))
        if t == "steuer": return s.add("DE_STEUER_ID", steuer(r))
        if t == "steuerbad":
            while True:
                v = steuer(r, False)
                if not accidental(re.sub(r"\D", "", v)): return k(v)
        if t == "ausweis": return s.add("DE_PERSONALAUSWEIS", ausweis(r))
        if t == "plate": return s.add("LICENSE_PLATE_DE", plate(r))
        if t == "dni": return s.add("ES_DNI_NIE", dni(r))
        if t == "dnibad": return k(dni(r, False))
        if t == "bsn": return s.add("NL_BSN", bsn(r))
        if t == "bsnbad": return k(bsn(r, False))
        if t == "peselbad": return k(pesel(r, person(r, l, set()), False))
        if t == "nirbad": return k(nir(r, person(r, l, set()), False))
        if t.startswith("sec_"): return s.add("SECRET", SEC[t[4:]](r))
        if t == "sec": return s.add("SECRET", SEC[r.choice([x for x in SEC if x not in ("pw","azure","pkey")])](r))
        if t == "ticket": return k(r.choice(PROJ) + "-%d" % r.randint(11, 9999))
        if t == "ver": return k(r.choice(["%d.%d.%d","v%d.%d.%d","%d.%d.%d-beta.2","v%d.%d.%d+sha.9c1"]) % (r.randint(0, 31), r.randint(0, 40), r.randint(0, 60)))
        if t == "date": return k(s.date())
        if t == "time": return k("%02d:%02d" % (r.randint(7, 19), r.choice([0,5,10,15,20,30,40,45,50])))
        if t == "ts": return k(s.ts())
        if t == "url": return k("https://" + r.choice(SRV) + r.choice(["/projects/%d/board", "/kb/article/%d", "/c/%d-rollout", "/-/jobs/%d", "/issues/%d#note_3"]) % r.randint(100, 999999))
        if t == "host": return k(r.choice(HOSTS))
        if t == "order": return k(r.choice([  # bare ten-digit ones are never valid health numbers
            lambda: next(v for v in iter(lambda: "45" + D(r, 8), None) if not accidental(v)),lambda: "PO-%s" % D(r, 7), lambda: "RE-2026-" + D(r, 5), lambda: "WO/%s/26" % D(r, 4), lambda: "LS" + D(r, 9), lambda: "7" + D(r, 11)])())
        if t == "co": return k(r.choice(COMP))
        if t == "team": return k(r.choice(TEAMS))
        if t == "prod": return k(r.choice(PRODS))
        if t == "room": return k(r.choice(ROOMS))
        if t == "branch": return k(r.choice(BRANCHES))
        if t == "hash": return k(HEX(r, 8) if r.random() < .4 else HEX(r, 40))
        if t == "sha": return k(HEX(r, 40))
        if t == "uuid": return k("%s-%s-4%s-%s%s-%s" % (HEX(r, 8), HEX(r, 4), HEX(r, 3), r.choice("89ab"), HEX(r, 3), HEX(r, 12)))
        if t == "num":
            while True:
                v = r.choice("123456789") + D(r, r.randint(5, 11))
                if not accidental(v): return k(v)
        if t == "amount": return k({"en": "$%d,%03d.50", "de": "%d.%03d,50 €", "fr": "%d %03d,50 €", "es": "%d.%03d,50 €", "it": "€ %d.%03d,50", "nl": "€ %d.%03d,50", "pl": "%d %03d,50 zł"}[l] % (r.randint(1, 48), r.randint(0, 999)))
        if t == "hhmm": return "%02d:%02d" % (r.randint(7, 20), r.randint(0, 59))
        return None
    def pers(s, c, n, enc=None):
        p = s.p(n); r = s.r; f, l = p.first, p.last
        if c in ("dob", "dobi"): v = s.fmt(p.dob) if c == "dob" else p.dob.isoformat(); return s.add("DATE_OF_BIRTH", v)
        if c == "T": return r.choice(TITLES[s.lang][0 if p.male else 1])
        if c == "V": return r.choice(["Herrn", "Herrn Dr.", "Herrn"] if p.male else ["Frau", "Frau Dr."])
        if c == "E": return s.add("EMAIL", email(p))
        if c == "Ep": return urllib.parse.quote(s.add("EMAIL", email(p)), safe="")
        if c == "H": return s.add("USERNAME", handle(p))
        if c == "rvnr": return s.add("DE_RVNR", rvnr(r, p))
        if c == "nir": return s.add("FR_NIR", nir(r, p))
        if c == "cf": return s.add("IT_CODICE_FISCALE", cf(r, p))
        if c == "pesel": return s.add("PL_PESEL", pesel(r, p))
        if c == "N":
            if s.lang == "pl":
                if f in PL_INFL: v, form = PL_INFL[f], "inflected"
                elif not p.male and f.endswith("a") and f[-2:] not in ("ia","ja"): v, form = f[:-1] + ("i" if f[-2] in "kgl" else "y"), "inflected"
                else: v, form = (f + "a", "inflected") if p.male and f[-1] not in "aeioy" and f[-2:] not in ("ek","ec","er") else (f, "G")
            elif f[-1] in "sßxz": v, form = f + "'", "inflected"; v = f; form = "G"
            else: v, form = f + "s", "inflected"
            return s.add("PERSON", v, p, form)
        full = f + " " + l
        v, form = {"F": (full, "full"), "G": (f, "G"), "L": (l, "title_last"), "S": (l, "last"), "I": (f[0] + ". " + l, "initial"), "M": (f + " " + r.choice("ABCDEFHJKLMRST") + ". " + l, "middle"),
            "R": (l + ", " + f, "reversed"), "U": (l.upper() + " " + f if r.random() < .5 else f + " " + l.upper(), "upper_last"), "W": (full.lower(), "lower"), "w": (f.lower(), "lower"),
            "A": (r.choice([slug(f, p) + "." + slug(l, p), slug(f, p) + "." + slug(l, p), f.lower().replace(" ", ""), slug(f, p) + "_" + slug(l, p)]), "mention"), "X": (f, "field_first"), "Y": (l, "field_last")}[c]
        if form == "mention" and v == f.lower() and " " in f: v = slug(f, p)
        s.add("PERSON", v, p, form)
        return v
    def t(s, tpl, off=0):
        def sub(m):
            if m.group(2): return s.k(m.group(2))
            tok = m.group(1)
            m2 = re.fullmatch(r"(.+?)([1-9])", tok)
            if m2:
                c, n = m2.group(1), int(m2.group(2)) + off
                if c in ("Fp", "Fh", "Fu", "Gp"):
                    v = s.pers(c[0], n)
                    return {"p": lambda: urllib.parse.quote(v, safe=""), "h": lambda: "".join(x if ord(x) < 128 else "&#%d;" % ord(x) for x in html.escape(v)), "u": lambda: json.dumps(v)[1:-1]}[c[1]]()
                if c in ("F","G","L","S","I","M","R","U","W","w","A","N","X","Y","E","Ep","H","T","V","dob","dobi","rvnr","nir","cf","pesel"): return s.pers(c, n)
            v = s.simple(tok)
            return m.group(0) if v is None else v
        return re.sub(r"\{([A-Za-z0-9_]+)\}|\[\[(.+?)\]\]", sub, tpl)
    def done(s, kind, text=None, doc=None):
        pii, seen = [], set()
        fullp = {id(p) for e, p in s.pii if p is not None and e.get("form") in ("full","middle","reversed","upper_last","lower")}
        for e, p in s.pii:
            if e.get("form") == "G": e["form"] = "first_again" if id(p) in fullp else "first_alone"
            key = (e["type"], e["value"])
            if key not in seen: seen.add(key); pii.append(e)
        out = {"lang": s.lang, "kind": kind}
        if doc is not None: out["doc"] = doc
        else: out["text"] = text
        out["pii"] = pii; out["keep"] = list(dict.fromkeys(s.keep))
        return out
T = {}
T["en"] = {
"P": [
"After the audit we learned that {F1} approved the discount; {T1} {L1} has since left a note in {ticket}.",
"Could somebody ring {G1} on {phone}? The courier is waiting at {street} and nobody answers the bell.",
"{F1} (born {dob1}) moved to {street} last spring, so please update the pension file.",
"Minutes taken by {F1}. Present: {F2}, {I3}, {G4}. Apologies: none.",
"I handed my badge to {G1} and then {G2} lost it somewhere near the {room} room.",
"Please wire the deposit to {iban}; {F1} will confirm from {E1}.",
"The claimant, {R1}, SSN {ssn}, rents a flat at {street}.",
"NI no. {nino}, date of birth {dob1} - that is all the agency sent us about {F1}.",
"Our scanner flagged {ip} and {ipv6} after {W1} signed in twice from two continents.",
"Guest list: {R1}; {R2}; {R3}. Table for nine, under the name of {S1}.",
"Kudos to @{A1} and @{A2} for closing {ticket} on a Sunday.",
"{M1} holds travel document {passport}, and the visa desk copied it twice.",
"Her card ending was cut off, the full one is {card}, expiring 09/29.",
"As {T1} {L1} pointed out, {prod} {ver} ships without the migration step.",
"The NHS trust quoted patient no. {nhs} for {F1}, whom {T2} {L2} will see on {date}.",
"{G1}'s laptop ({mac}) fell off the network when {host} rebooted.",
"If {G1} is on leave, ask {F2} instead: {E2} or {phone}.",
"Signed on behalf of {co} by {F1}, countersigned by {I2}.",
"Neighbours told {T1} {L1} that the parcel addressed to {F2}, {street}, had been left in the rain.",
"He goes by {H1} on the forum; see https://forum.copperline.io/u/{H1} for his posts.",
],
"N": [
"The [[Faraday]] suite is booked from {time}, so the [[Steering Committee]] sits in {room} instead.",
"Order {order} left the [[Stanley Street]] warehouse on {date} and weighs 14 kg.",
"Check digits do not add up: {cardbad} and {ibanbad} are rejected as designed.",
"[[Buildkite]] on {host} picked commit {hash}; artefact {uuid} was pushed at {ts}.",
"Use [[Dijkstra]] for the router and [[Bellman-Ford]] where edges may be negative.",
"Upgrade {prod} from {ver} to {ver}, then re-run the [[Smoke Tests]] listed in {url}.",
"{team} and {team} swap [[Pager Duty]] on {date}; the [[Summer Freeze]] ends a day later.",
"Nurse line sample number {nhsbad} is a dummy, as is reference {num}.",
"The [[Morgan]] pallet, the [[Taylor]] series expansion and the [[Carter]] bracket are all in stock.",
"[[Will]] the [[Grant]] application be ready? [[Mark]] the box, [[Frank]] the envelope and [[Bill]] the client.",
"# [[Known Issues]]\n\n- {ticket}: [[Hamilton]] cluster drops frames\n- {ticket}: wrong label in {prod}\n",
"[[Black Friday]] pricing for [[Paris]], [[Austin]] and [[Charlotte]] goes live with {branch}.",
],
"C": ["{W1}: anyone seen the invoice for {co}?\n{W2}: {G3} has it, ask him after {time}",
"{G1} ({hhmm}) pushed {branch}\n{G2} ({hhmm}) lgtm, thx {w1}",
"<{H1}> build is red again\n<{H2}> {w3} broke it, reverting {hash}",
"*{F1}* {hhmm}\nnew mobile, save it pls: {phone}\n*{F2}* {hhmm}\ndone, cheers {G1}",
"hey {w1}, can you send me {T2} {L2}'s address? i only have {street}",
"@{A1} @{A2} standup moved to {time}, {room} room",
"{G1} > all: I lost my wallet, card {card} is blocked now\n{G2} > {G1}: sorry mate"],
"CN": ["build-bot  {hhmm}\n{branch} deployed to {host} ({hash})", "poll: [[Pizza Margherita]] or [[Peking Duck]] for the {team} offsite?", "/remind #ops to rotate [[Kepler]] keys at {time}"],
"M": ["From: {F1} <{E1}>\nTo: {F2} <{E2}>\nDate: {ts}\nSubject: {order} overdue\n\n{G2},\n\naccounts says nothing has come in on {iban}. Could you chase {T3} {L3}?\n\nBest,\n{G1}",
"Dear {T1} {L1},\n\nthank you for your enquiry of {date}. Your sample will be sent to {street}. For returns call {phone}.\n\nKind regards\n{F2}\n[[Customer Care]], {co}",
"To: \"{R1}\" <{E1}>\nCc: {E2}\nSubject: Fwd: new starter\n\nPayroll form attached: {F3}, DOB {dob3}, NINO {nino}, starts {date}.\n\n-- \n{I1}",
"Hiya {G1}\n\n{G2} and I are stuck on {ticket}. Password for the staging db is {sec_pw}, please change it afterwards.\n\nTa, {G3}",
"On {date}, {F1} <{E1}> wrote:\n> Can {G2} collect the keys from {street}?\n\nYes, {G2} will be there at {time}.\n\n{F3}\n{co}\nM: {phone}"],
"MN": ["Subject: [{prod}] certificate expires {date}\n\nHost {host} serves a certificate with fingerprint {sha}. Runbook: {url}\n\n[[Do not reply]] to this message.", "Subject: Your receipt {order}\n\nDear customer,\n\nwe charged {amount} for [[Lincoln Desk Lamp]], shipped from [[Baker Street]] depot.\n\n{co}"],
"K": W("Timeout in checkout wizard, Rotate Kafka certificates, Wrong VAT on Jersey orders, Dark theme flickers, Christmas banner stays visible, Madison layout broken"),
"H": ("First name","Surname","Full name","E-mail","Telephone","Date of birth","Street","Team"),
}
T["de"] = {
"P": [
"Seit {F1} den [[Vertrieb]] leitet, liegen die [[Angebote]] für {co} schneller vor; {T1} {L1} prüft jedes einzeln.",
"Kann jemand {G1} unter {phone} erreichen? Die Spedition steht vor {street}.",
"{F1}, geb. {dob1}, ist umgezogen und wohnt jetzt: {street}.",
"Anwesend: {F1}, {F2}, {I3}. Entschuldigt: {G4}. [[Protokollführung]]: {S1}.",
"Die [[Kaution]] bitte auf {iban} einzahlen, Ansprechpartner ist {F1} ({E1}).",
"IdNr. {steuer} gehört zu {F1}, nicht zu {V2} {L2}.",
"{N1} Fahrrad steht im Keller, und {G2} sucht den [[Schlüssel]] noch immer.",
"Versicherungsnummer {rvnr1} ({F1}) wurde an die [[Krankenkasse]] gemeldet.",
"Der Wagen mit dem amtlichen Kennzeichen {plate} blockiert die [[Laderampe]]; Halterin laut Zulassung: {R1}.",
"Ausweis-Nr. {ausweis} von {F1} läuft am {date} ab, der Reisepass {passport} erst später.",
"Bei {V1} {L1} hat sich {G2} über die [[Lieferzeit]] beschwert, siehe {ticket}.",
"Auffällig waren Zugriffe von {ip} und {ipv6}, angemeldet war {W1}.",
"Gäste: {R1}; {R2}; {R3}. Der [[Tisch]] ist auf {S2} bestellt.",
"@{A1}, schaust du mit @{A2} noch einmal über {branch}?",
"Für die [[Reisebuchung]] brauche ich die Kreditkarte {card}, danke, {G1}!",
"{G1} hat mit {G2} die [[Schicht]] getauscht, weil {w3} krank ist.",
"Das Tablet {mac} hat {F1} zuletzt im Raum {room} benutzt.",
"Laut {I1} genügt für {prod} {ver} ein [[Neustart]].",
"Im Forum heißt er {H1}, seine Beiträge: https://foren.haug-feinwerk.de/profil/{H1}.",
"Die [[Bürgschaft]] von {U1}, wohnhaft {street}, liegt {V2} {L2} vor.",
],
"N": [
"Der [[Schreiner]] braucht die [[Zeichnung]] bis {date}, der [[Maurer]] erst danach.",
"Die [[Sitzung]] findet im Raum {room} statt, nicht in [[Röntgen]].",
"Bestellung {order} verlässt das [[Lager]] am {date}; [[Gewicht]] und [[Maße]] folgen.",
"Absichtlich falsch sind {ibanbad}, {cardbad} und die Nummer {steuerbad}.",
"Die [[Otto-Lilienthal-Straße]] wird gesperrt, die [[Umleitung]] führt über den [[Gottfried-Keller-Weg]].",
"Commit {hash} repariert die [[Sortierung]]; Lauf {uuid} auf {host} war um {ts} fertig.",
"[[Fourier-Analyse]], [[Gauß-Filter]] und [[Weber-Fechner-Gesetz]] stehen im [[Anhang]].",
"{team} übernimmt im [[März]] die [[Rufbereitschaft]] von {team}.",
"Die [[Bäckerei Kaiser]] liefert [[Brezeln]], der [[Metzger]] die [[Weißwürste]].",
"Vor dem [[Update]] auf {ver} muss {prod} angehalten werden, siehe {url}.",
"# [[Offene Punkte]]\n\n- {ticket}: [[Rundungsfehler]] in der [[Bilanz]]\n- {ticket}: [[Ernst]] nehmen, [[Klarstellung]] fehlt\n",
"Der [[Winter]] kommt früh, die [[Heizung]] im [[Neubau]] ist noch kalt. [[Vorgang]] {num} bleibt offen.",
],
"C": ["{W1}: wo liegt die rechnung von {co}?\n{W2}: bei {w3}, komme um {time} vorbei",
"{G1} ({hhmm}) {branch} ist drauf\n{G2} ({hhmm}) danke {w1}!",
"<{H1}> [[Test]] ist rot\n<{H2}> war {w3}, ich nehme {hash} zurück",
"*{F1}* {hhmm}\nneue Handynummer: {phone}\n*{F2}* {hhmm}\ngespeichert, danke {G1}",
"hallo {w1}, hast du die adresse von {V2} {L2}? ich habe nur {street}",
"@{A1} @{A2} [[Besprechung]] erst {time}, Raum {room}",
"{G1} an alle: Karte {card} ist gesperrt, bitte nicht mehr nutzen\n{G2} an {G1}: alles klar"],
"CN": ["bau-bot  {hhmm}\n{branch} läuft auf {host} ({hash})", "[[Umfrage]]: [[Schnitzel]] oder [[Maultaschen]] beim Ausflug von {team}?", "Nicht vergessen: [[Zeiterfassung]] bis {time}, [[Freitag]] ist [[Feiertag]]"],
"M": ["Von: {F1} <{E1}>\nAn: {F2} <{E2}>\nGesendet: {ts}\nBetreff: Mahnung {order}\n\nHallo {G2},\n\nauf {iban} ist nichts eingegangen. Hakst du bei {V3} {L3} nach?\n\nBeste Grüße\n{G1}",
"Sehr geehrte Damen und Herren,\n\nhiermit kündige ich, {F1}, geboren am {dob1}, meinen [[Vertrag]] zum {date}. Rückzahlung bitte auf {iban}.\n\nHochachtungsvoll\n{F1}\n{street}",
"An: \"{R1}\" <{E1}>\nCc: {E2}\nBetreff: WG: Neueintritt\n\n[[Personalbogen]]: {F3}, Geburtsdatum {dob3}, Steuernummer {steuer}, SV-Nr. {rvnr3}, Eintritt {date}.\n\n-- \n{I1}",
"Servus {G1}\n\n{G2} und ich hängen an {ticket}. Das Kennwort lautet {sec_pw}, bitte danach ändern.\n\nLG {G3}",
"Am {date} schrieb {F1} <{E1}>:\n> Holt {G2} die [[Unterlagen]] in {street} ab?\n\nJa, {G2} ist um {time} dort.\n\n{F3}\n{co}\nMobil: {phone}"],
"MN": ["Betreff: [{prod}] [[Zertifikat]] läuft am {date} ab\n\n[[Rechner]] {host}, Fingerabdruck {sha}. [[Anleitung]]: {url}", "Betreff: Ihr [[Beleg]] {order}\n\nGuten Tag,\n\nwir haben {amount} für [[Bürostuhl Franz]] abgebucht. Abholung: [[Hermann-Löns-Halle]].\n\n{co}"],
"K": W("Zeitüberschreitung beim Bezahlen, Zertifikate erneuern, Mehrwertsteuer falsch gerundet, Ostern im Kalender fehlt, Vorlage Jäger überarbeiten, Suche findet Umlaute nicht"),
"H": ("Rufname","Familienname","Mitarbeiter","E-Mail-Adresse","Telefon","geboren am","Anschrift","Bereich"),
}
T["fr"] = {
"P": [
"Depuis que {F1} dirige l'atelier, les devis de {co} partent à temps ; {T1} {L1} relit chaque page.",
"Quelqu'un peut-il joindre {G1} au {phone} ? Le livreur attend devant le {street}.",
"{F1}, née le {dob1}, a déménagé : {street}.",
"Présents : {F1}, {F2}, {I3}. Excusée : {G4}. Secrétaire de séance : {S1}.",
"Merci de verser la caution sur {iban} ; contact : {F1} ({E1}).",
"Le numéro d'assuré {nir1} est celui de {F1}, pas de {T2} {L2}.",
"{G1} a prêté son vélo à {G2}, qui cherche encore la clé.",
"Dossier {ticket} : {R1}, passeport {passport}, visa refusé le {date}.",
"Connexions suspectes depuis {ip} et {ipv6}, compte de {W1}.",
"Invités : {R1} ; {R2} ; {R3}. La table est réservée au nom de {S2}.",
"@{A1}, tu relis {branch} avec @{A2} ?",
"Pour l'hôtel, prends la carte {card}, merci {G1} !",
"{G1} remplace {G2} lundi, car {w3} est malade.",
"La tablette {mac} a été rendue par {F1} en salle {room}.",
"D'après {I1}, un redémarrage suffit pour {prod} {ver}.",
"Sur le forum, son pseudo est {H1} : https://forum.ateliers-corbin.fr/membre/{H1}.",
"Le garant, {U1}, demeurant {street}, a écrit à {T2} {L2}.",
"{T1} {L1} et son épouse {G2} ont signé le bail avec {co} le {date}.",
"Selon {G1}, l'INSEE a attribué le {nir1} par erreur.",
],
"N": [
"La réunion se tient en salle [[Pasteur]], pas en salle {room}.",
"La commande {order} quitte l'entrepôt de la [[rue Jean-Moulin]] le {date}.",
"Clés volontairement fausses : {ibanbad}, {cardbad}, {nirbad}.",
"Le commit {hash} corrige le tri ; exécution {uuid} sur {host} à {ts}.",
"La loi de [[Poisson]], la transformée de [[Laplace]] et le théorème de [[Rolle]] sont en annexe.",
"{team} prend l'astreinte de {team} en [[Avril]].",
"[[Rose]], [[Violette]] et [[Olive]] sont les couleurs du thème ; [[Marine]] arrive avec {ver}.",
"Avant de passer {prod} en {ver}, lire {url}.",
"# [[Points ouverts]]\n\n- {ticket} : arrondi faux\n- {ticket} : bouton [[Valider]] inactif\n",
"Le [[Boulanger]] livre à {time}, le [[Boucher]] plus tard. Référence {num}.",
"Le [[Comité d'Entreprise]] propose un séjour à [[Saint-Étienne]] ou à [[Nancy]].",
],
"C": ["{W1} : où est la facture de {co} ?\n{W2} : chez {w3}, passe à {time}",
"{G1} ({hhmm}) {branch} est en ligne\n{G2} ({hhmm}) merci {w1} !",
"<{H1}> les tests sont rouges\n<{H2}> c'est {w3}, j'annule {hash}",
"*{F1}* {hhmm}\nnouveau portable : {phone}\n*{F2}* {hhmm}\nnoté, merci {G1}",
"coucou {w1}, tu as l'adresse de {T2} {L2} ? j'ai seulement {street}",
"@{A1} @{A2} point décalé à {time}, salle {room}",
"{G1} à tous : ma carte {card} est bloquée\n{G2} à {G1} : compris"],
"CN": ["robot  {hhmm}\n{branch} déployé sur {host} ({hash})", "sondage : [[Tarte Tatin]] ou [[Madeleine]] pour {team} ?", "rappel : saisir les heures avant {time}, [[Pentecôte]] est fériée"],
"M": ["De : {F1} <{E1}>\nÀ : {F2} <{E2}>\nEnvoyé : {ts}\nObjet : relance {order}\n\n{G2},\n\nrien reçu sur {iban}. Peux-tu relancer {T3} {L3} ?\n\nBien à toi,\n{G1}",
"Madame,\n\npar la présente je soussigné {F1}, né le {dob1}, résilie mon contrat au {date}. Remboursement sur {iban}.\n\n{F1}\n{street}",
"À : \"{R1}\" <{E1}>\nCc : {E2}\nObjet : TR : nouvelle arrivée\n\nFiche : {F3}, date de naissance {dob3}, sécu {nir3}, entrée le {date}.\n\n-- \n{I1}",
"Salut {G1}\n\n{G2} et moi sommes bloqués sur {ticket}. Le mot de passe est {sec_pw}, à changer ensuite.\n\nÀ plus, {G3}",
"Le {date}, {F1} <{E1}> a écrit :\n> {G2} peut-il passer au {street} ?\n\nOui, {G2} y sera à {time}.\n\n{F3}\n{co}\nTél. {phone}"],
"MN": ["Objet : [{prod}] certificat expirant le {date}\n\nMachine {host}, empreinte {sha}. Procédure : {url}", "Objet : votre reçu {order}\n\nBonjour,\n\nnous avons prélevé {amount} pour la [[Lampe Juliette]], retrait [[place Victor-Hugo]].\n\n{co}"],
"K": W("Délai dépassé au paiement, Renouveler les certificats, TVA mal arrondie, Noël absent du calendrier, Gabarit Martin à revoir, La recherche ignore les accents"),
"H": ("Prénom","Nom de famille","Collaborateur","Courriel","Téléphone","Né(e) le","Adresse","Service"),
}
T["es"] = {
"P": [
"Desde que {F1} lleva el almacén, los pedidos de {co} salen a tiempo; {T1} {L1} revisa cada albarán.",
"¿Alguien puede localizar a {G1} en el {phone}? El repartidor espera en {street}.",
"{F1}, nacida el {dob1}, se ha mudado a {street}.",
"Asistentes: {F1}, {F2}, {I3}. Excusa su ausencia {G4}. Levanta acta {S1}.",
"Ingresen la fianza en {iban}; persona de contacto: {F1} ({E1}).",
"El documento {dni} pertenece a {F1} y no a {T2} {L2}.",
"{G1} le dejó la moto a {G2}, que aún busca las llaves.",
"Expediente {ticket}: {R1}, pasaporte {passport}, denegado el {date}.",
"Accesos raros desde {ip} y {ipv6}, con la cuenta de {W1}.",
"Invitados: {R1}; {R2}; {R3}. La mesa está a nombre de {S2}.",
"@{A1}, ¿revisas {branch} con @{A2}?",
"Para el hotel usa la tarjeta {card}, gracias, {G1}.",
"{G1} cubre a {G2} el lunes porque {w3} está de baja.",
"La tableta {mac} la devolvió {F1} en la sala {room}.",
"Según {I1}, basta reiniciar {prod} {ver}.",
"En el foro firma como {H1}: https://foro.bodegas-ferrer.es/usuario/{H1}.",
"El avalista, {U1}, con domicilio en {street}, escribió a {T2} {L2}.",
"NIE de {F1}: {dni}; firma el contrato con {co} el {date}.",
"Mi vecina {G1} conoce a {T2} {L2} desde el colegio.",
],
"N": [
"La reunión es en la sala [[Cervantes]], no en {room}.",
"El pedido {order} sale del almacén de la [[calle Goya]] el {date}.",
"Dígitos falsos a propósito: {ibanbad}, {cardbad}, {dnibad}.",
"El commit {hash} arregla el orden; ejecución {uuid} en {host} a las {ts}.",
"El método de [[Newton]], la campana de [[Gauss]] y la ley de [[Ohm]] van en el anexo.",
"{team} toma la guardia de {team} en [[Abril]].",
"[[Rosa]], [[Violeta]] y [[Celeste]] son los colores del tema; [[Esmeralda]] llega con {ver}.",
"Antes de pasar {prod} a {ver}, lean {url}.",
"# [[Puntos abiertos]]\n\n- {ticket}: redondeo incorrecto\n- {ticket}: botón [[Aceptar]] inactivo\n",
"El [[Herrero]] viene a las {time}; el [[Carpintero]], después. Referencia {num}.",
"La [[Junta Directiva]] propone [[Santiago]] o [[San Sebastián]] para el viaje.",
],
"C": ["{W1}: ¿dónde está la factura de {co}?\n{W2}: la tiene {w3}, pásate a las {time}",
"{G1} ({hhmm}) {branch} ya está\n{G2} ({hhmm}) gracias {w1}!",
"<{H1}> las pruebas fallan\n<{H2}> fue {w3}, revierto {hash}",
"*{F1}* {hhmm}\nmóvil nuevo: {phone}\n*{F2}* {hhmm}\nguardado, gracias {G1}",
"hola {w1}, ¿tienes la dirección de {T2} {L2}? solo tengo {street}",
"@{A1} @{A2} la reunión pasa a las {time}, sala {room}",
"{G1} a todos: tarjeta {card} bloqueada\n{G2} a {G1}: entendido"],
"CN": ["bot  {hhmm}\n{branch} desplegado en {host} ({hash})", "encuesta: [[Tarta Santiago]] o [[Brazo Gitano]] para {team}?", "recordatorio: fichar antes de las {time}, [[Reyes]] es festivo"],
"M": ["De: {F1} <{E1}>\nPara: {F2} <{E2}>\nEnviado: {ts}\nAsunto: impago {order}\n\n{G2}:\n\nno ha entrado nada en {iban}. ¿Insistes con {T3} {L3}?\n\nUn abrazo,\n{G1}",
"Muy señores míos:\n\nyo, {F1}, nacido el {dob1}, con NIF {dni}, doy de baja mi contrato el {date}. Devolución a {iban}.\n\n{F1}\n{street}",
"Para: \"{R1}\" <{E1}>\nCc: {E2}\nAsunto: RV: incorporación\n\nFicha: {F3}, fecha de nacimiento {dob3}, DNI {dni}, alta el {date}.\n\n-- \n{I1}",
"Buenas {G1}\n\n{G2} y yo estamos atascados con {ticket}. La contraseña es {sec_pw}, cámbiala luego.\n\nUn saludo, {G3}",
"El {date}, {F1} <{E1}> escribió:\n> ¿Puede {G2} pasar por {street}?\n\nSí, {G2} estará a las {time}.\n\n{F3}\n{co}\nTel. {phone}"],
"MN": ["Asunto: [{prod}] el certificado caduca el {date}\n\nEquipo {host}, huella {sha}. Guía: {url}", "Asunto: su recibo {order}\n\nEstimado cliente:\n\nhemos cobrado {amount} por la [[Silla Isabel]], recogida en [[plaza Colón]].\n\n{co}"],
"K": W("Tiempo agotado al pagar, Renovar certificados, IVA mal redondeado, Falta Navidad en el calendario, Revisar plantilla Vega, La búsqueda ignora tildes"),
"H": ("Nombre","Primer apellido","Empleado","Correo","Móvil","Nacimiento","Domicilio","Área"),
}
T["it"] = {
"P": [
"Da quando {F1} guida il magazzino, gli ordini di {co} partono puntuali; {T1} {L1} controlla ogni bolla.",
"Qualcuno riesce a sentire {G1} al {phone}? Il corriere aspetta in {street}.",
"{F1}, nata il {dob1}, si è trasferita in {street}.",
"Presenti: {F1}, {F2}, {I3}. Assente giustificata: {G4}. Verbalizza {S1}.",
"Versare la cauzione su {iban}; referente {F1} ({E1}).",
"Il codice {cf1} è di {F1}, non di {T2} {L2}.",
"{G1} ha prestato la bici a {G2}, che cerca ancora le chiavi.",
"Fascicolo {ticket}: {R1}, passaporto {passport}, respinto il {date}.",
"Accessi sospetti da {ip} e {ipv6}, con l'utenza di {W1}.",
"Ospiti: {R1}; {R2}; {R3}. Il tavolo è a nome {S2}.",
"@{A1}, riguardi {branch} con @{A2}?",
"Per l'albergo usa la carta {card}, grazie {G1}!",
"{G1} sostituisce {G2} lunedì perché {w3} è malato.",
"Il tablet {mac} è stato reso da {F1} in sala {room}.",
"Secondo {I1} basta riavviare {prod} {ver}.",
"Sul forum si firma {H1}: https://forum.cantiere-morandi.it/utente/{H1}.",
"Il garante {U1}, residente in {street}, ha scritto a {T2} {L2}.",
"C.F. {cf1}, intestataria {F1}; firma con {co} il {date}.",
"Mia cugina {G1} conosce {T2} {L2} dai tempi del liceo.",
],
"N": [
"La riunione è in sala [[Fermi]], non in {room}.",
"L'ordine {order} lascia il deposito di [[via Garibaldi]] il {date}.",
"Cifre sbagliate apposta: {ibanbad} e {cardbad}.",
"Il commit {hash} corregge l'ordinamento; esecuzione {uuid} su {host} alle {ts}.",
"Il principio di [[Archimede]], la legge di [[Volta]] e i numeri di [[Fibonacci]] sono in appendice.",
"{team} prende la reperibilità di {team} ad [[Aprile]].",
"[[Rosa]], [[Viola]] e [[Celeste]] sono i colori del tema; [[Ambra]] arriva con {ver}.",
"Prima di portare {prod} a {ver} leggere {url}.",
"# [[Punti aperti]]\n\n- {ticket}: arrotondamento errato\n- {ticket}: pulsante [[Conferma]] inattivo\n",
"Il [[Ferraro]] passa alle {time}, il [[Sarto]] dopo. Riferimento {num}.",
"Il [[Consiglio di Amministrazione]] propone [[San Marino]] o [[Santa Lucia]].",
],
"C": ["{W1}: dov'è la fattura di {co}?\n{W2}: ce l'ha {w3}, passa alle {time}",
"{G1} ({hhmm}) {branch} è online\n{G2} ({hhmm}) grazie {w1}!",
"<{H1}> i test sono rossi\n<{H2}> è stato {w3}, annullo {hash}",
"*{F1}* {hhmm}\nnuovo cellulare: {phone}\n*{F2}* {hhmm}\nsalvato, grazie {G1}",
"ciao {w1}, hai l'indirizzo di {T2} {L2}? ho solo {street}",
"@{A1} @{A2} riunione spostata alle {time}, sala {room}",
"{G1} a tutti: la carta {card} è bloccata\n{G2} a {G1}: ricevuto"],
"CN": ["bot  {hhmm}\n{branch} pubblicato su {host} ({hash})", "sondaggio: [[Pizza Margherita]] o [[Torta Caprese]] per {team}?", "promemoria: ore entro le {time}, [[Ferragosto]] è festa"],
"M": ["Da: {F1} <{E1}>\nA: {F2} <{E2}>\nInviato: {ts}\nOggetto: sollecito {order}\n\n{G2},\n\nsu {iban} non è arrivato nulla. Risenti {T3} {L3}?\n\nA presto,\n{G1}",
"Spettabile ditta,\n\nil sottoscritto {F1}, nato il {dob1}, recede dal contratto dal {date}. Rimborso su {iban}.\n\n{F1}\n{street}",
"A: \"{R1}\" <{E1}>\nCc: {E2}\nOggetto: I: nuova assunzione\n\nScheda: {F3}, data di nascita {dob3}, codice fiscale {cf3}, inizio {date}.\n\n-- \n{I1}",
"Ehi {G1}\n\n{G2} ed io siamo fermi su {ticket}. La password è {sec_pw}, poi cambiala.\n\nCiao, {G3}",
"Il {date} {F1} <{E1}> ha scritto:\n> {G2} può passare in {street}?\n\nSì, {G2} sarà lì alle {time}.\n\n{F3}\n{co}\nCell. {phone}"],
"MN": ["Oggetto: [{prod}] certificato in scadenza il {date}\n\nMacchina {host}, impronta {sha}. Guida: {url}", "Oggetto: ricevuta {order}\n\nGentile cliente,\n\nabbiamo addebitato {amount} per la [[Poltrona Frida]], ritiro in [[piazza Mazzini]].\n\n{co}"],
"K": W("Tempo scaduto al pagamento, Rinnovare i certificati, IVA arrotondata male, Manca Natale nel calendario, Rivedere modello Ferri, La ricerca ignora gli accenti"),
"H": ("Nome","Cognome","Dipendente","Posta elettronica","Cellulare","Nato il","Indirizzo","Reparto"),
}
T["nl"] = {
"P": [
"Sinds {F1} het magazijn leidt, gaan de orders van {co} op tijd weg; {T1} {L1} kijkt elke bon na.",
"Kan iemand {G1} bereiken op {phone}? De koerier staat bij {street}.",
"{F1}, geboren op {dob1}, is verhuisd naar {street}.",
"Aanwezig: {F1}, {F2}, {I3}. Afgemeld: {G4}. Notulen: {S1}.",
"Graag de borg storten op {iban}; contactpersoon {F1} ({E1}).",
"Burgerservicenummer {bsn} is van {F1}, niet van {T2} {L2}.",
"{G1} leende de fiets uit aan {G2}, die de sleutel nog zoekt.",
"Dossier {ticket}: {R1}, paspoort {passport}, geweigerd op {date}.",
"Verdachte toegang vanaf {ip} en {ipv6}, ingelogd als {W1}.",
"Gasten: {R1}; {R2}; {R3}. De tafel staat op naam van {S2}.",
"@{A1}, kijk jij met @{A2} naar {branch}?",
"Gebruik voor het hotel kaart {card}, bedankt {G1}!",
"{G1} valt maandag in voor {G2}, want {w3} is ziek.",
"De tablet {mac} is door {F1} ingeleverd in zaal {room}.",
"Volgens {I1} volstaat een herstart van {prod} {ver}.",
"Op het forum heet hij {H1}: https://forum.molen-noord.nl/leden/{H1}.",
"De borgsteller, {U1}, wonend {street}, schreef aan {T2} {L2}.",
"Sofinummer van {F1}: {bsn}; tekent bij {co} op {date}.",
"Mijn buurvrouw {G1} kent {T2} {L2} nog van school.",
],
"N": [
"De vergadering is in zaal [[Rembrandt]], niet in {room}.",
"Bestelling {order} verlaat het magazijn aan de [[Willem Barentszstraat]] op {date}.",
"Met opzet fout: {ibanbad}, {cardbad} en {bsnbad}.",
"Commit {hash} herstelt de sortering; run {uuid} op {host} om {ts}.",
"De wet van [[Snellius]], het effect van [[Zeeman]] en de slinger van [[Huygens]] staan in de bijlage.",
"{team} neemt de dienst van {team} over in [[April]].",
"[[Roos]], [[Iris]] en [[Jasmijn]] zijn de kleuren van het thema; [[Linde]] komt met {ver}.",
"Lees {url} voordat {prod} naar {ver} gaat.",
"# [[Open Punten]]\n\n- {ticket}: afronding fout\n- {ticket}: knop [[Bevestigen]] werkt niet\n",
"De [[Bakker]] komt om {time}, de [[Slager]] later, de [[Visser]] niet. Kenmerk {num}.",
"De [[Ondernemingsraad]] stelt [[Den Bosch]] of [[Sint Nicolaas]] voor.",
],
"C": ["{W1}: waar is de factuur van {co}?\n{W2}: bij {w3}, kom om {time} langs",
"{G1} ({hhmm}) {branch} staat live\n{G2} ({hhmm}) dank je {w1}!",
"<{H1}> tests zijn rood\n<{H2}> was {w3}, ik draai {hash} terug",
"*{F1}* {hhmm}\nnieuw mobiel nummer: {phone}\n*{F2}* {hhmm}\nopgeslagen, bedankt {G1}",
"hoi {w1}, heb jij het adres van {T2} {L2}? ik heb alleen {street}",
"@{A1} @{A2} overleg verschoven naar {time}, zaal {room}",
"{G1} aan allen: kaart {card} is geblokkeerd\n{G2} aan {G1}: duidelijk"],
"CN": ["bouwbot  {hhmm}\n{branch} staat op {host} ({hash})", "peiling: [[Hollandse Nieuwe]] of [[Limburgse Vlaai]] voor {team}?", "let op: uren invullen voor {time}, [[Koningsdag]] is vrij"],
"M": ["Van: {F1} <{E1}>\nAan: {F2} <{E2}>\nVerzonden: {ts}\nOnderwerp: aanmaning {order}\n\n{G2},\n\nop {iban} is niets binnen. Bel jij {T3} {L3} nog eens?\n\nHartelijks,\n{G1}",
"Geachte dames en heren,\n\nhierbij zeg ik, {F1}, geboren op {dob1}, BSN {bsn}, mijn contract op per {date}. Terugbetaling op {iban}.\n\n{F1}\n{street}",
"Aan: \"{R1}\" <{E1}>\nCc: {E2}\nOnderwerp: Fw: nieuwe collega\n\nGegevens: {F3}, geboortedatum {dob3}, BSN {bsn}, start {date}.\n\n-- \n{I1}",
"Hé {G1}\n\n{G2} en ik zitten vast op {ticket}. Het wachtwoord is {sec_pw}, graag daarna wijzigen.\n\nGroetjes, {G3}",
"Op {date} schreef {F1} <{E1}>:\n> Kan {G2} langs {street} gaan?\n\nJa, {G2} is er om {time}.\n\n{F3}\n{co}\nMob. {phone}"],
"MN": ["Onderwerp: [{prod}] certificaat verloopt op {date}\n\nMachine {host}, vingerafdruk {sha}. Handleiding: {url}", "Onderwerp: uw bon {order}\n\nBeste klant,\n\nwij hebben {amount} afgeschreven voor [[Bureaulamp Willem]], afhalen aan de [[Johan Cruijff Boulevard]].\n\n{co}"],
"K": W("Time-out bij betalen, Certificaten vernieuwen, Btw verkeerd afgerond, Pasen ontbreekt in agenda, Sjabloon Visser herzien, Zoeken negeert accenten"),
"H": ("Voornaam","Familienaam","Medewerker","Mailadres","Telefoon","Geboren","Straat","Afdeling"),
}
T["pl"] = {
"P": [
"Odkąd {F1} kieruje magazynem, zamówienia {co} wychodzą na czas; {T1} {L1} sprawdza każdy dokument.",
"Czy ktoś może złapać {G1} pod {phone}? Kurier czeka: {street}.",
"{F1}, ur. {dob1}, zmienia adres na {street}.",
"Obecni: {F1}, {F2}, {I3}. Nieobecność zgłasza {G4}. Protokół: {S1}.",
"Kaucję proszę wpłacić na {iban}; kontakt: {F1} ({E1}).",
"Numer ewidencyjny PESEL {pesel1} należy do osoby: {F1}; sprawę prowadzi {T2} {L2}.",
"Rower {N1} stoi w piwnicy, a {G2} wciąż szuka klucza.",
"Akta {ticket}: {R1}, paszport {passport}, odmowa z dnia {date}.",
"Podejrzane logowania z {ip} i {ipv6}, konto: {W1}.",
"Goście: {R1}; {R2}; {R3}. Stolik rezerwuje {S2}.",
"@{A1}, przejrzysz {branch} razem z @{A2}?",
"Do hotelu użyj karty {card}, dzięki, {G1}!",
"{G1} zastępuje w poniedziałek chorą osobę ({w3}), a {G2} ma urlop.",
"Tablet {mac} zwraca {F1}, sala {room}.",
"Według {I1} wystarczy restart {prod} {ver}.",
"Na forum pisze jako {H1}: https://forum.browar-kasztelan.pl/profil/{H1}.",
"Poręczyciel: {U1}, zamieszkały {street}; pismo wysłał {T2} {L2}.",
"{F1} ({pesel1}) podpisuje umowę z {co} dnia {date}.",
"Moja sąsiadka {G1} zna ze szkoły tego sprzedawcę, {T2} {L2}.",
"Bez podpisu {N1} faktura nie przejdzie, prosimy też {G2}.",
],
"N": [
"Spotkanie jest w sali [[Kopernik]], nie w sali {room}.",
"Zamówienie {order} opuszcza magazyn przy [[ulicy Mickiewicza]] dnia {date}.",
"Celowo błędne: {ibanbad}, {cardbad} oraz {peselbad}.",
"Commit {hash} naprawia sortowanie; przebieg {uuid} na {host} o {ts}.",
"Zbiór [[Cantora]], notacja [[Łukasiewicza]] i twierdzenie [[Banacha]] są w załączniku.",
"{team} przejmuje dyżur od {team} w [[Kwietniu]].",
"[[Róża]], [[Malwa]] i [[Kalina]] to kolory motywu; [[Jagoda]] pojawi się w {ver}.",
"Przed przejściem {prod} na {ver} proszę przeczytać {url}.",
"# [[Otwarte Sprawy]]\n\n- {ticket}: błędne zaokrąglenie\n- {ticket}: przycisk [[Zatwierdź]] nie działa\n",
"[[Kowal]] będzie o {time}, [[Krawiec]] później. Sygnatura {num}.",
"[[Rada Nadzorcza]] proponuje [[Częstochowę]] albo [[Zieloną Górę]].",
],
"C": ["{W1}: gdzie jest faktura od {co}?\n{W2}: ma ją {w3}, wpadnij o {time}",
"{G1} ({hhmm}) {branch} już działa\n{G2} ({hhmm}) dzięki {w1}!",
"<{H1}> testy czerwone\n<{H2}> to {w3}, cofam {hash}",
"*{F1}* {hhmm}\nnowa komórka: {phone}\n*{F2}* {hhmm}\nzapisane, dzięki {G1}",
"cześć {w1}, znasz adres, gdzie mieszka {T2} {L2}? mam tylko {street}",
"@{A1} @{A2} spotkanie o {time}, sala {room}",
"{G1} do wszystkich: karta {card} zablokowana\n{G2} do {G1}: jasne"],
"CN": ["bot  {hhmm}\n{branch} wdrożone na {host} ({hash})", "ankieta: [[Pierogi Ruskie]] czy [[Karpatka]] dla {team}?", "przypomnienie: godziny do {time}, [[Boże Ciało]] jest wolne"],
"M": ["Od: {F1} <{E1}>\nDo: {F2} <{E2}>\nWysłano: {ts}\nTemat: ponaglenie {order}\n\n{G2},\n\nna {iban} nic nie wpłynęło. Czy odezwał się {T3} {L3}?\n\nUściski\n{G1}",
"Dzień dobry,\n\nniniejszym ja, {F1}, urodzony {dob1}, PESEL {pesel1}, wypowiadam umowę z dniem {date}. Zwrot na {iban}.\n\n{F1}\n{street}",
"Do: \"{R1}\" <{E1}>\nDW: {E2}\nTemat: PD: nowy pracownik\n\nKarta: {F3}, data ur. {dob3}, nr PESEL {pesel3}, start {date}.\n\n-- \n{I1}",
"Hej {G1}\n\n{G2} i ja utknęliśmy na {ticket}. Hasło to {sec_pw}, proszę je potem zmienić.\n\nNara, {G3}",
"Dnia {date} {F1} <{E1}> napisał(a):\n> Czy {G2} podjedzie na {street}?\n\nTak, {G2} będzie o {time}.\n\n{F3}\n{co}\nkom. {phone}"],
"MN": ["Temat: [{prod}] certyfikat wygasa {date}\n\nMaszyna {host}, odcisk {sha}. Instrukcja: {url}", "Temat: paragon {order}\n\nSzanowni Państwo,\n\npobraliśmy {amount} za [[Fotel Halszka]], odbiór: [[plac Piłsudskiego]].\n\n{co}"],
"K": W("Przekroczony czas płatności, Odnowić certyfikaty, VAT źle zaokrąglony, Brak Wielkanocy w kalendarzu, Poprawić szablon Wilk, Szukanie pomija ogonki"),
"H": ("Imię","Nazwisko rodowe","Pracownik","Adres e-mail","Komórka","Urodzony","Adres zamieszkania","Dział"),
}
TAILS = {
"en": ["Soc. Sec. #: {ssn}","Social security no {ssn}","NINO {nino}","N.I. {nino}","NHS no. {nhs}","Pssprt: {passport}","born on {dob1}","card no. {card}","Acct IBAN {iban}","Home: {street}"],
"de": ["Steuer-Identifikationsnummer: {steuer}","RV-Nummer {rvnr1}","SVNR: {rvnr1}","Perso-Nr.: {ausweis}","Kfz {plate}","Auto: {plate}","Pass-Nr. {passport}","* {dob1}","Geb.-Dat.: {dob1}","IBAN {iban}","TIN {steuer}","Ausweis {ausweis}"],
"fr": ["NIR {nir1}","Sécu : {nir1}","n° INSEE {nir1}","Passeport : {passport}","Né(e) : {dob1}","CB {card}","Compte : {iban}"],
"es": ["NIF {dni}","D.N.I.: {dni}","Núm. de pasaporte: {passport}","F. nac.: {dob1}","Tarjeta {card}","Cuenta: {iban}"],
"it": ["Cod. fisc.: {cf1}","Codice fiscale {cf1}","N. passaporto {passport}","Nascita: {dob1}","Carta n. {card}","Conto: {iban}"],
"nl": ["BSN-nr. {bsn}","Burgerservicenr: {bsn}","Paspoortnr. {passport}","Geb. datum: {dob1}","Creditcard {card}","Rekening: {iban}"],
"pl": ["nr PESEL: {pesel1}","PESEL {pesel1}","Seria i nr paszportu: {passport}","Data ur.: {dob1}","Karta {card}","Rachunek: {iban}"],
}
LOGP = [
 "{ts} [http-nio-8080] INFO  SessionFilter - principal={H1} remote={ip} sid={uuid}",
 "{ts} sshd[4471]: Connection closed by authenticating user {H1} {ip} port 50122 [preauth]",
 "{ts} dovecot: imap-login: Aborted login (tried): user=<{H1}>, rip={ipv6}, TLS",
 "level=warn msg=\"otp resend\" recipient={E1} request_id={uuid} took=412ms",
 "dnsmasq-dhcp[812]: DHCPOFFER(br0) {ip} {mac}",
 "kernel: wlan0: authenticate with {mac} (try 1/3)",
 "{\"lvl\":\"info\",\"msg\":\"letter queued\",\"rcpt\":\"{Fu1}\",\"mail\":\"{E1}\"}",
 "GET /search?q={Fp1}&page=2 200 {ip} rt=0.031",
 "POST /hooks?mail={Ep1} 202 cid={uuid}",
 "{ts} WARN billing: iban {iban} rejected by scheme, retry in 30s",
 "{ts} ERROR payments gateway declined pan={cardc} code=51",
 "psql: FATAL: password authentication failed for user \"{H1}\" host={ip}",
 "{ts} DEBUG loaded token {sec} from env",
 "curl -H 'PRIVATE-TOKEN: {sec_glpat}' https://code.harrowvale.example/api/v4/version",
 "smtp: 250 2.1.5 <{E1}> recipient ok; queued as 4F{num}",
 "audit user=\"{F1}\" action=export rows=1204 ticket={ticket}",
 "sudo: {H1} : TTY=pts/1 ; PWD=/home/{H1} ; USER=root ; COMMAND=/usr/bin/systemctl",
 "{ts} nginx: {ip} \"{G1}\" 401 realm=backoffice",
 "twilio: sms to {phone} delivered sid=SM{hash}",
]
LOGN = [
 "{ts} INFO  c.o.b.BatchRunner - step [[Reconcile]] finished in 8123 ms, items={num}",
 "E0612 {hhmm}:07 controller.go:88] pod {host}-7c9d restarted, digest sha256:{sha}",
 "CMake Warning: [[Boost]] {ver} not found, using {ver}",
 "{ts} WARN  [[HikariPool-1]] - Connection leak detection triggered, tx={uuid}",
 "go: downloading golang.org/x/text {ver}\nok  \tpkg/ledger\t0.214s",
 "panic: runtime error: index out of range [7] with length 7\n\ngoroutine 41 [running]:\nmain.(*Router).Serve(0xc0001)\n\t/build/{hash}/router.go:310",
 "Step 6/12 : COPY --from=builder /out /srv\n ---> {hash}\nSuccessfully tagged {prod}:{ver}",
 "PASS  src/[[Victoria]]Chart.test.tsx ({num} ms)",
 "{ts} INFO quartz trigger=[[martin-luther-day]] next={ts}",
 "Reading package lists...\nSetting up libjulia-openblas64 ({ver}) ...\nProcessing triggers for man-db",
 "iban check failed: {ibanbad} (mod 97)\ncard check failed: {cardbad} (luhn)",
 "FAIL [[SantaClaraTest]] > keeps order {order}\n  expected 3 got 4",
 "cargo: Compiling maxwell {ver}\ncargo: Compiling faraday-core {ver}",
]
CODEP = [
 "# maintainer: {F1} <{E1}>\n[package]\nname = \"quay\"\nversion = \"{ver}\"\n",
 "/**\n * Rounds half to even, see {ticket}.\n * @author {F1}\n * @since {ver}\n */\npublic final class Rounding {\n    static final int SCALE = 4;\n}\n",
 "commit {sha}\nMerge: {hash} {hash}\nAuthor: {F1} <{E1}>\n\n    Revert \"[[Feature Toggle]]\"\n\n    Signed-off-by: {F2} <{E2}>\n    Tested-by: {G3}\n",
 "OPENAI_API_KEY={sec_openai}\nHF_TOKEN={sec_hf}\nREGION=eu-south-2\n",
 "resource \"aws_iam_user\" \"deploy\" {\n  name = \"{H1}\"\n  tags = { owner = \"{E1}\", cost = \"{num}\" }\n}\n",
 "-- seed\nINSERT INTO patron (given, family, born) VALUES ('{X1}', '{Y1}', '{dobi1}');\nINSERT INTO patron (given, family, born) VALUES ('{X2}', '{Y2}', '{dobi2}');\n",
 "stripe.api_key = '{sec_stripe}'  # FIXME(@{A1}) read from vault\nstripe.max_network_retries = 2\n",
 "curl -X POST https://api.sendgrid.com/v3/mail/send \\\n  -H \"Authorization: Bearer {sec_sendgrid}\" \\\n  -d '{\"to\": \"{E1}\"}'\n",
 "def test_mandate():\n    m = Mandate(debtor=\"{F1}\", account=\"{ibanc}\")\n    assert m.valid\n    assert not check(\"{ibanbad}\")\n",
 "//registry.npmjs.org/:_authToken={sec_npm}\nsave-exact=true\nengine-strict=true\n",
 "<?php\n// {date} {F1}: do not touch before the [[Q4 Close]]\n$dsn = 'mysql://shop:{sec_pw}@{host}/orders';\n",
 "cat > ~/.ssh/id_deploy <<EOF\n{sec_pkey}\nEOF\nchmod 600 ~/.ssh/id_deploy\n",
 "git blame src/ledger.rs\n{hash} ({F1} {date} 12) let total = sum;\n{hash} ({F2} {date} 13) total.round()\n",
 "export default {\n  storage: 'DefaultEndpointsProtocol=https;AccountName=quay;AccountKey={sec_azure}',\n  region: 'westeurope',\n}\n",
 "bot = Bot(token=\"{sec_telegram}\")\nbot.notify(\"{phone}\", text=\"ping\")\n",
 "VAULT_TOKEN={sec_vault} vault kv get secret/quay\nDIGITALOCEAN_TOKEN={sec_do}\n",
]
CODEN = [
 "enum Suit { [[Hearts]], Spades, Clubs, Diamonds }\nconst VERSION = \"{ver}\"; // {ticket}\n",
 "SELECT [[Region]], SUM([[Umsatz]]) FROM fact_sales WHERE batch = '{uuid}' GROUP BY 1;\n",
 "class [[JordanBlock]](Matrix):\n    \"\"\"See [[Gershgorin]] circles, [[Householder]] reflections.\"\"\"\n    def norm(self):\n        return self.frobenius()\n",
 "--- a/Cargo.lock\n+++ b/Cargo.lock\n@@ -88,5 +88,5 @@\n name = \"hashbrown\"\n-version = \"{ver}\"\n+version = \"{ver}\"\n checksum = \"{sha}\"\n",
 "services:\n  [[ambassador]]:\n    image: registry.example/{prod}:{ver}\n    hostname: {host}\n",
 "assert luhn(\"{cardbad}\") is False\nassert iso7064(\"{ibanbad}\") is False\n",
 "const rooms = ['{room}', '[[Aristotle]]'];\nexport const pick = () => rooms[Math.floor(Math.random() * rooms.length)];\n",
 "import [[pandas]] as pd\nfrom [[euler]] import Solver\nsolver = Solver(tol=1e-9, seed={num})\n",
 "git checkout -b {branch}\ngit cherry-pick {sha}\ngit tag {ver}\n",
 "public class [[ChurchNumeral]] {\n    // {date}: order {order} must round down\n    int apply(int n) { return n + 1; }\n}\n",
 "[tool.poetry.dependencies]\npython = \"^3.12\"\n[[Pillow]] = \"{ver}\"\n# digest {sha}\n",
 ".hero--[[madison]] { color: #a1b2c3; }\n.hero--[[savannah]] { margin: 0 auto; }\n/* build {hash} */\n",
]
X = {
"en": {"P": [
"Reminder: flat 4B ({F1}) still owes {amount}; the tenant upstairs, {G2}, paid in cash.",
"## [[Attendance]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"Who signed for the crate? Probably {G1}, or else {T2} {L2} from {co}.",
"Interview feedback: {G1} solved the graph task; I would hire. - {F2}, {date}",
"Sue the landlord, says {F1}. Her solicitor ({T2} {L2}) disagrees.",
"Emergency contact: {F1} (brother), {phone}. Allergies: none. SSN on record {ssn}.",
"{F1}, {F2} and {F3} walked the [[Pennine Way]] with a map from {co}.",
"Vehicle hire: driver {R1}, licence checked, passport {passport}, deposit on {card}.",
"Ping {E1} or {E2}; whoever reads it first, reply to {G3} please.",
"\"Nobody asked me,\" {G1} muttered. {F2} laughed and closed the [[Retrospective]].",
],"N": [
"[[Prince]] pricing, [[Duke]] licences and the [[Baron]] bundle end on {date}.",
"Take the [[Elizabeth Line]] to [[Victoria]] and change for [[St. Pancras]].",
"[[Dear Customer]], your parcel {order} is at [[Harvey Nichols]].",
"The [[Murphy]] bed, the [[Phillips]] screwdriver and the [[Allen]] key are in [[Locker Nine]].",
"[[May]] and [[June]] figures: {num} and {num}; see [[Chapter Three]].",
],"C": ["[{date}, {hhmm}] {F1}: are we still on?\n[{date}, {hhmm}] {F2}: yes, {G3} drives","{G1} joined the call\n{G2} joined the call\n{G3} left the call ({hhmm})"],
"M": ["Subject: {G1}'s last day\n\nAll,\n\n{F1} leaves us on {date}. Cake in {room} at {time}; ask {G2} about the card.\n\n{F3}\n[[Head of Operations]]","From: {E1}\nReply-To: {E2}\nSubject: refund {order}\n\nI am {F1} and I was charged twice on {card}. My number is {phone}.\n\nRegards, {T1} {L1}"]},
"de": {"P": [
"[[Urlaubsliste]]: {F1} bis {date}, {F2} ab {date}, {G3} halbtags.",
"Steuerliche Identnummer {steuer}, Rentenversicherung {rvnr1}: beide Angaben stammen von {F1}.",
"Wer hat die [[Kiste]] angenommen? Vermutlich {G1}, sonst {T2} {L2} von {co}.",
"Polizeiliche [[Anfrage]]: Fahrzeug {plate}, Fahrerin {F1}, geboren am {dob1}.",
"{N1} [[Bewerbung]] überzeugt; {G2} würde einstellen.",
"## [[Teilnehmerliste]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"[[Notfallkontakt]]: {F1} (Bruder), {phone}. Ausweis: {ausweis}.",
"{F1}, {F2} und {F3} wandern mit einer [[Karte]] von {co} durch den [[Harz]].",
"Schreib an {E1} oder {E2}, dann meldet sich {G3}.",
"Das [[Grundstück]] gehört {S1}; {M2} ist nur [[Pächter]].",
"Firmenwagen {plate} fährt jetzt {G1}, der alte ({plate}) geht an {V2} {L2}.",
],"N": [
"Die [[Müller]] und die [[Fischer]] streiken, der [[Richter]] vertagt, der [[Schäfer]] bleibt.",
"Im [[Kapitel Vier]] steht die [[Herleitung]], im [[Glossar]] die [[Abkürzung]].",
"[[Sommer]] und [[Herbst]]: [[Umsatz]] {num}, [[Rohertrag]] {num}.",
"[[Albrecht-Dürer-Flughafen]], [[Thomaskirche]] und [[Alte Oper]] liegen auf der [[Route]].",
"[[Lange]] [[Straße]] gesperrt, [[Junge]] [[Bäume]] gepflanzt, [[Stark]] verkleinert.",
"[[Schlüssel]], [[Hammer]] und [[Nagel]] liegen im [[Schrank]]; [[Inventarnummer]] {num}.",
],"C": ["[{date}, {hhmm}] {F1}: bleibt es dabei?\n[{date}, {hhmm}] {F2}: ja, {G3} fährt","{G1} ist beigetreten\n{G2} ist beigetreten\n{G3} hat den Anruf verlassen ({hhmm})"],
"M": ["Betreff: [[Abschied]] von {G1}\n\nLiebe alle,\n\n{F1} verlässt uns am {date}. [[Kuchen]] gibt es um {time} im Raum {room}, {G2} sammelt.\n\n{F3}\n[[Leitung Einkauf]]","Von: {E1}\nAntwort an: {E2}\nBetreff: [[Erstattung]] {order}\n\nIch heiße {F1}, meine Karte {card} wurde doppelt belastet. Telefon {phone}.\n\nGruß, {S1}"]},
"fr": {"P": [
"Congés : {F1} jusqu'au {date}, {F2} dès le {date}, {G3} à mi-temps.",
"Qui a signé pour la caisse ? Sans doute {G1}, sinon {T2} {L2} de {co}.",
"## [[Participants]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"Personne à prévenir : {F1} (frère), {phone}. NIR {nir1}.",
"{F1}, {F2} et {F3} marchent dans le [[Vercors]] avec une carte de {co}.",
"Écris à {E1} ou à {E2}, {G3} répondra.",
"L'appartement appartient à {S1} ; {M2} n'est que locataire.",
"« On ne m'a rien demandé », souffle {G1}. {F2} referme le dossier.",
"La caution de {T1} {L1} a été prélevée sur la carte {card}, dit {G2}.",
],"N": [
"Le [[Boulevard Saint-Michel]] est barré, passez par le [[pont Alexandre-III]].",
"[[Chapitre Trois]], [[Annexe Deux]] : voir les chiffres {num} et {num}.",
"Le lycée [[Henri Matisse]] et le collège [[Louise Michel]] reçoivent {order}.",
"[[Petit]] déjeuner offert, [[Grand]] choix, [[Blanc]] cassé ou [[Gris]] perle.",
"[[Cher Client]], votre colis {order} attend chez [[Nicolas]].",
],"C": ["[{date}, {hhmm}] {F1} : on maintient ?\n[{date}, {hhmm}] {F2} : oui, {G3} conduit","{G1} a rejoint l'appel\n{G2} a rejoint l'appel\n{G3} a quitté l'appel ({hhmm})"],
"M": ["Objet : départ de {G1}\n\nBonjour à tous,\n\n{F1} nous quitte le {date}. Pot à {time}, salle {room} ; voir {G2} pour la cagnotte.\n\n{F3}\n[[Direction des Achats]]","De : {E1}\nRépondre à : {E2}\nObjet : remboursement {order}\n\nJe m'appelle {F1}, ma carte {card} a été débitée deux fois. Tél. {phone}.\n\nCordialement, {T1} {L1}"]},
"es": {"P": [
"Vacaciones: {F1} hasta el {date}, {F2} desde el {date}, {G3} a media jornada.",
"¿Quién firmó la caja? Seguramente {G1}; si no, {T2} {L2} de {co}.",
"## [[Participantes]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"Avisar en caso de urgencia a {F1} (hermano), {phone}. NIF {dni}.",
"{F1}, {F2} y {F3} recorren los [[Picos de Europa]] con un mapa de {co}.",
"Escribe a {E1} o a {E2}, contestará {G3}.",
"El piso es de {S1}; {M2} solo lo alquila.",
"«A mí nadie me preguntó», murmura {G1}. {F2} cierra la carpeta.",
"La señal de {T1} {L1} se cobró en la tarjeta {card}, dice {G2}.",
],"N": [
"Cortada la [[avenida Blasco Ibáñez]], vayan por el [[puente Isabel II]].",
"[[Capítulo Tres]], [[Anexo Dos]]: cifras {num} y {num}.",
"El instituto [[Lope de Vega]] y el colegio [[Santa Teresa]] reciben {order}.",
"[[Blanco]] roto, [[Moreno]] claro, [[Rubio]] ceniza: así se llaman los tintes.",
"[[Estimado Cliente]], su paquete {order} espera en [[Casa Manolo]].",
],"C": ["[{date}, {hhmm}] {F1}: ¿sigue en pie?\n[{date}, {hhmm}] {F2}: sí, conduce {G3}","{G1} se unió a la llamada\n{G2} se unió a la llamada\n{G3} salió de la llamada ({hhmm})"],
"M": ["Asunto: despedida de {G1}\n\nHola a todos:\n\n{F1} nos deja el {date}. Merienda a las {time} en la sala {room}; el sobre lo lleva {G2}.\n\n{F3}\n[[Jefatura de Compras]]","De: {E1}\nResponder a: {E2}\nAsunto: devolución {order}\n\nMe llamo {F1} y me cobraron dos veces en la {card}. Teléfono {phone}.\n\nSaludos, {T1} {L1}"]},
"it": {"P": [
"Ferie: {F1} fino al {date}, {F2} dal {date}, {G3} mezza giornata.",
"Chi ha firmato per la cassa? Forse {G1}, altrimenti {T2} {L2} di {co}.",
"## [[Partecipanti]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"In caso di emergenza: {F1} (fratello), {phone}. Cod. fiscale {cf1}.",
"{F1}, {F2} e {F3} attraversano le [[Dolomiti]] con una mappa di {co}.",
"Scrivi a {E1} o a {E2}, risponderà {G3}.",
"L'appartamento è di {S1}; {M2} è solo inquilino.",
"«Nessuno me l'ha chiesto», mormora {G1}. {F2} chiude la cartella.",
"La caparra di {T1} {L1} è stata addebitata sulla carta {card}, dice {G2}.",
],"N": [
"Chiuso il [[viale Regina Margherita]], passare dal [[ponte Vittorio Emanuele]].",
"[[Capitolo Tre]], [[Allegato Due]]: cifre {num} e {num}.",
"Il liceo [[Giordano Bruno]] e la scuola [[Santa Chiara]] ricevono {order}.",
"[[Bianchi]] o [[Neri]], i bottoni; [[Rossi]] i nastri; [[Grassi]] e [[Gentile]] sono aggettivi.",
"[[Gentile Cliente]], il pacco {order} attende da [[Bar Luigi]].",
],"C": ["[{date}, {hhmm}] {F1}: è confermato?\n[{date}, {hhmm}] {F2}: sì, guida {G3}","{G1} si è unito alla chiamata\n{G2} si è unito alla chiamata\n{G3} ha lasciato la chiamata ({hhmm})"],
"M": ["Oggetto: saluto a {G1}\n\nCari tutti,\n\n{F1} ci lascia il {date}. Rinfresco alle {time} in sala {room}; la busta ce l'ha {G2}.\n\n{F3}\n[[Responsabile Acquisti]]","Da: {E1}\nRispondi a: {E2}\nOggetto: rimborso {order}\n\nMi chiamo {F1}, la carta {card} è stata addebitata due volte. Tel. {phone}.\n\nSaluti, {T1} {L1}"]},
"nl": {"P": [
"Verlof: {F1} tot {date}, {F2} vanaf {date}, {G3} halve dagen.",
"Wie tekende voor de kist? Waarschijnlijk {G1}, anders {T2} {L2} van {co}.",
"## [[Deelnemers]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"Bij nood bellen: {F1} (broer), {phone}. BSN {bsn}.",
"{F1}, {F2} en {F3} lopen over de [[Veluwe]] met een kaart van {co}.",
"Mail {E1} of {E2}, dan antwoordt {G3}.",
"Het huis is van {S1}; {M2} huurt alleen.",
"'Niemand vroeg mij iets', mompelt {G1}. {F2} slaat de map dicht.",
"De aanbetaling van {T1} {L1} ging van kaart {card}, zegt {G2}.",
],"N": [
"De [[Koningin Wilhelminalaan]] is dicht, rijd via de [[Erasmusbrug]].",
"[[Hoofdstuk Drie]], [[Bijlage Twee]]: cijfers {num} en {num}.",
"Het [[Johan de Witt]]-gymnasium en basisschool [[De Regenboog]] krijgen {order}.",
"De [[Kuiper]], de [[Smid]] en de [[Schipper]] komen voor in [[Het Volkslied]].",
"[[Geachte Klant]], pakket {order} ligt bij [[Albert Heijn]].",
],"C": ["[{date}, {hhmm}] {F1}: gaat het door?\n[{date}, {hhmm}] {F2}: ja, {G3} rijdt","{G1} neemt deel aan het gesprek\n{G2} neemt deel aan het gesprek\n{G3} heeft het gesprek verlaten ({hhmm})"],
"M": ["Onderwerp: afscheid van {G1}\n\nAllemaal,\n\n{F1} vertrekt op {date}. Taart om {time} in zaal {room}; {G2} heeft de envelop.\n\n{F3}\n[[Hoofd Inkoop]]","Van: {E1}\nAntwoord aan: {E2}\nOnderwerp: terugbetaling {order}\n\nIk heet {F1}, kaart {card} is dubbel belast. Telefoon {phone}.\n\nGroet, {T1} {L1}"]},
"pl": {"P": [
"Urlopy: {F1} do {date}, {F2} od {date}, {G3} na pół etatu.",
"Kto podpisał odbiór skrzyni? Pewnie {G1}, a jak nie, to {T2} {L2} z {co}.",
"## [[Uczestnicy]]\n\n1. {F1}\n2. {F2}\n3. {I3}\n",
"W nagłym wypadku: {F1} (brat), {phone}. Nr PESEL {pesel1}.",
"{F1}, {F2} i {F3} idą przez [[Bieszczady]] z mapą od {co}.",
"Proszę pisać na {E1} albo {E2}, odpowie {G3}.",
"Właściciel mieszkania to {S1}; {M2} tylko wynajmuje.",
"– Nikt mnie nie pytał – mruczy {G1}. {F2} zamyka teczkę.",
"Zaliczka pobrana z karty {card}, mówi {G2}; wpłaca {T1} {L1}.",
"Zgłoszenie {N1} czeka od rana, decyzję podejmie {F2}.",
],"N": [
"[[Aleja Jana Pawła II]] zamknięta, objazd przez [[most Poniatowskiego]].",
"[[Rozdział Trzeci]], [[Załącznik Drugi]]: liczby {num} i {num}.",
"Liceum imienia [[Żeromskiego]] i szkoła [[Świętej Kingi]] dostają {order}.",
"[[Kaczmarek]] to model wózka, [[Sikora]] i [[Wróbel]] to ptaki z katalogu.",
"[[Drogi Kliencie]], paczka {order} czeka w [[Żabce]].",
],"C": ["[{date}, {hhmm}] {F1}: aktualne?\n[{date}, {hhmm}] {F2}: tak, prowadzi {G3}","{G1} dołącza do rozmowy\n{G2} dołącza do rozmowy\n{G3} opuszcza rozmowę ({hhmm})"],
"M": ["Temat: pożegnanie ({G1})\n\nKochani,\n\n{F1} odchodzi {date}. Ciasto o {time} w sali {room}; kopertę ma {G2}.\n\n{F3}\n[[Kierownik Zakupów]]","Od: {E1}\nOdpowiedz do: {E2}\nTemat: zwrot {order}\n\nNazywam się {F1}, kartę {card} obciążono dwa razy. Tel. {phone}.\n\nPozdrawiam, {S1}"]},
}
for _l, _v in X.items():
    for _k, _w in _v.items(): T[_l][_k] = T[_l][_k] + _w
    T[_l]["P"] = [x.replace("{R1}; {R2}; {R3}", "{F1}; {R2}; {I3}").replace("{R1} ; {R2} ; {R3}", "{F1} ; {R2} ; {I3}") for x in T[_l]["P"]]
TITLES["es"] = (W("Sr., D., don, Dr."), W("Sra., Dña., doña, Dra."))
TITLES["it"] = (W("sig., dott., ing., signor, prof."), W("sig.ra, dott.ssa, signora, avv., prof.ssa"))
T["de"]["M"] = [x.replace("Steuernummer {steuer}", "steuerl. IdNr. {steuer}") for x in T["de"]["M"]]
LOGP += [
 "{ts} imapd[2210]: login: [{ip}] {E1} plaintext User logged in",
 "vpn: peer {H1} assigned {ipv6}, handshake {ts}",
 "{ts} INFO  crm.sync - merged contact \"{R1}\" into \"{F2}\" (score 0.93)",
 "CRON[991]: ({H1}) CMD (/opt/quay/bin/rotate.sh)",
 "{ts} TRACE grpc metadata authorization=Bearer {sec_jwt}",
 "arpwatch: flip flop {ip} {mac} ({mac}) eth1",
 "{ts} ERROR kyc - passport {passport} unreadable, applicant={E1}",
 "postgres: DETAIL: Key (email)=({E1}) already exists.",
]
CODEP += [
 "# CODEOWNERS\n/ledger/  {E1} @{A2}\n/web/     @{A3}\n",
 "LABEL maintainer=\"{F1} <{E1}>\"\nENV DATABRICKS_TOKEN={sec_databricks}\nRUN apk add --no-cache tini={ver}\n",
 "it('formats names', () => {\n  expect(fmt('{R1}')).toBe('{F1}');\n  expect(fmt('')).toBe('[[n/a]]');\n});\n",
 "machine code.harrowvale.example login {H1} password {sec_pw}\n",
 "\\author{{F1} \\and {F2}}\n\\date{{date}}\n\\title{[[Bounded Queues]]}\n",
 "const fixture = { phone: '{phone}', iban: '{ibanc}', street: '{streetline}' };\n",
]
CODEN += ["type [[Lovelace]] = { kind: 'ada'; rev: '{hash}' };\ntype [[Knuth]] = { kind: 'tex'; rev: '{hash}' };\n",
 "docker run --rm -e TZ=Europe/[[Sofia]] quay.example/{prod}:{ver} /bin/true # {ticket}\n",
 "func [[NewHoughTransform]](seed int64) *Grid {\n\treturn &Grid{seed: {num}}\n}\n"]
LOGN += ["{ts} INFO  o.a.k.Consumer - [[Sticky Assignor]] rebalanced group={host} gen={num}", "yarn: success Saved lockfile ({hash}); [[Georgia]] font subset skipped", "{ts} audit: rule [[CharlesRiver]] matched order {order}"]

T["en"]["P"] += [
 "{F1} gave her National Insurance no. as {nino} and her hospital number as {nhs}.",
 "For the W-2 we need {F1}'s taxpayer number: {ssn}. {G1} will not email it again.",
 "Ward 7: {F1}, b. {dob1}, NHS {nhs}. Discharged to {street}, escorted by {G2}.",
 "Insurance number {nino} ({F1}) bounced; {T2} {L2} typed an O for a zero.",
]
T["de"]["P"] += [
 "Für {F1} gilt die Identifikationsnummer {steuer}, geboren wurde sie am {dob1} in [[Celle]].",
 "[[Parkausweis]] für {plate} ausgestellt, abgeholt von {G1}.",
 "Die Personalausweis-Kopie ({ausweis}) hat {V1} {L1} geschwärzt.",
 "Rentenkonto {rvnr1}: [[Auskunft]] an {F1}, {street}.",
]
def note(d, n=1):
    """A local-language sentence in which person n is the only person or a new one joins."""
    r = d.r; pool = [x for x in T[d.lang]["P"] if "{F1}" not in x and "2}" not in x and "3}" not in x] if r.random() < .5 else T[d.lang]["P"]
    return d.t(r.choice(pool), n - 1)
def title(d):
    v = d.r.choice(T[d.lang]["K"])
    return d.k(v) if d.r.random() < .6 else v
def neg(d): return d.t(d.r.choice(T[d.lang]["N"]))
ID = lambda d, a=10000, b=9999999: d.r.randint(a, b)
def nat_id(d, n=1):
    return {"en": lambda: d.r.choice([("ssn", "{ssn}"), ("nationalInsuranceNo", "{nino}"), ("nhsNo", "{nhs}")]), "de": lambda: d.r.choice([("steuerId", "{steuer}"), ("rvNummer", "{rvnr%d}" % n), ("ausweisNr", "{ausweis}"), ("kfzKennzeichen", "{plate}")]),
        "fr": lambda: ("numeroSecu", "{nir%d}" % n), "es": lambda: d.r.choice([("dni", "{dni}"), ("nif", "{dni}")]), "it": lambda: ("codiceFiscale", "{cf%d}" % n), "nl": lambda: ("bsn", "{bsn}"), "pl": lambda: ("pesel", "{pesel%d}" % n)}[d.lang]()
JP, JN = [], []
def pos(f): JP.append(f); return f
def negs(f): JN.append(f); return f
@pos
def jira_search(d):
    iss = []
    for i in range(d.r.randint(1, 3)):
        iss.append({"expand": "operations,renderedFields", "key": d.t("{ticket}"), "fields": {"summary": title(d), "issuetype": {"name": "Story", "hierarchyLevel": 0}, "assignee": {"accountId": "5f%s" % HEX(d.r, 22), "displayName": d.t("{F%d}" % (i + 1)), "emailAddress": d.t("{E%d}" % (i + 1)), "active": True}, "creator": {"displayName": d.t("{F%d}" % (i + 2))}, "duedate": None, "comment": {"total": 1, "comments": [{"author": {"displayName": d.t("{F%d}" % (i + 2))}, "body": note(d, i + 1), "updated": d.t("{ts}")}]}, "fixVersions": [{"name": d.t("{ver}")}]}})
    return {"startAt": 0, "total": len(iss), "issues": iss}
@pos
def jira_worklog(d):
    return {"worklogs": [{"updateAuthor": {"displayName": d.t("{R1}"), "timeZone": "Europe/Zurich"}, "comment": {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "mention", "attrs": {"text": "@" + d.t("{F2}"), "accessLevel": ""}}, {"type": "text", "text": " " + note(d)}]}]}, "timeSpentSeconds": 5400, "issueId": str(ID(d))}], "maxResults": 20}
@pos
def gitlab_notes(d):
    return [{"id": ID(d), "type": "DiffNote", "body": "@" + d.t("{A2}") + " " + note(d), "author": {"id": ID(d), "username": d.t("{H1}"), "name": d.t("{F1}"), "state": "active", "avatar_url": None}, "created_at": d.t("{ts}"), "system": False, "noteable_iid": 88, "resolvable": True, "position": {"head_sha": d.t("{sha}"), "new_path": "src/ledger/sum.rs", "new_line": 41}}]
@pos
def github_pr(d):
    return {"number": 412, "title": title(d), "user": {"login": d.t("{H1}"), "type": "User", "site_admin": False}, "body": note(d), "head": {"ref": d.t("{branch}"), "sha": d.t("{sha}")}, "requested_reviewers": [{"login": d.t("{H2}"), "type": "User"}], "merged_by": {"login": d.t("{H3}")}, "draft": False, "labels": [{"name": "needs-triage", "color": "d73a4a"}]}
@pos
def github_commits(d):
    return {"commits": [{"sha": d.t("{sha}"), "commit": {"author": {"name": d.t("{F%d}" % i), "email": d.t("{E%d}" % i), "date": d.t("{ts}")}, "message": title(d) + d.t("\n\nCo-authored-by: {F%d} <{E%d}>" % (i + 2, i + 2)), "verification": {"verified": False, "reason": "unsigned"}}} for i in (1, 2)]}
@pos
def slack_users(d):
    return {"ok": True, "members": [{"id": "U" + A(d.r, 8), "name": d.t("{H%d}" % i), "deleted": False, "profile": {"title": "[[x]]"[2:3] and "Accountant", "phone": d.t("{phone}"), "real_name_normalized": d.t("{F%d}" % i), "email": d.t("{E%d}" % i), "last_name": d.t("{Y%d}" % i), "status_text": "", "tz": "Europe/Madrid"}, "is_bot": False} for i in (1, 2)], "cache_ts": 1790000000}
@pos
def slack_search(d):
    return {"messages": {"total": 2, "matches": [{"iid": d.t("{uuid}"), "channel": {"id": "C0" + A(d.r, 7), "name": "ops-finance"}, "username": d.t("{H1}"), "text": note(d), "permalink": d.t("{url}")}, {"iid": d.t("{uuid}"), "channel": {"id": "C0" + A(d.r, 7), "name": "random"}, "username": d.t("{H2}"), "text": d.t(d.r.choice(T[d.lang]["C"])), "permalink": d.t("{url}")}]}}
@pos
def teams(d):
    return {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#chats", "value": [{"id": str(ID(d)), "messageType": "message", "createdDateTime": d.t("{ts}"), "importance": "normal", "from": {"application": None, "user": {"id": d.t("{uuid}"), "displayName": d.t("{F1}"), "userIdentityType": "aadUser"}}, "body": {"contentType": "html", "content": "<p>" + d.t("<at id=\"0\">{Fh2}</at> ") + note(d) + "</p>"}, "mentions": [{"id": 0, "mentionText": d.t("{F2}")}]}]}
@pos
def gmail(d):
    b = d.t(d.r.choice(T[d.lang]["M"]))
    return {"messages": [{"id": HEX(d.r, 16), "labelIds": ["SENT", "IMPORTANT"], "historyId": str(ID(d)), "subject": title(d), "sender": d.t("{F1} <{E1}>"), "recipients": [d.t("{E2}")], "plaintextBody": b, "attachments": [{"filename": d.t("{order}").replace("/", "-") + ".pdf", "size": ID(d)}]}]} if "/" not in b[:0] else None
@pos
def outlook(d):
    return {"value": [{"id": "AAMk" + AN(d.r, 30), "subject": title(d), "bodyPreview": note(d), "from": {"emailAddress": {"name": d.t("{R1}"), "address": d.t("{E1}")}}, "toRecipients": [{"emailAddress": {"name": d.t("{F2}"), "address": d.t("{E2}")}}], "receivedDateTime": d.t("{ts}"), "isRead": True, "importance": "low", "categories": ["[[Red]]".strip("[]") + " category"]}]}
@pos
def calendar(d):
    return {"items": [{"iCalUID": HEX(d.r, 20) + "@calendar.example", "summary": d.t("{G1} / {G2} 1:1"), "location": d.t("{room}"), "creator": {"email": d.t("{E1}"), "displayName": d.t("{F1}")}, "attendees": [{"email": d.t("{E2}"), "displayName": d.t("{F2}"), "responseStatus": "tentative"}, {"email": d.t("{E3}"), "responseStatus": "needsAction", "optional": True}], "end": {"date": d.t("{date}")}, "hangoutLink": "https://meet.example/abc-defg-hij"}], "summary": d.t("{team}")}
@pos
def drive(d):
    return {"documents": [{"fileId": AN(d.r, 28), "title": d.t({"en": "Reference letter {F1}.docx", "de": "Arbeitsvertrag {F1}.docx", "fr": "Contrat {F1}.docx", "es": "Nómina {F1}.xlsx", "it": "Busta paga {F1}.pdf", "nl": "Arbeidsovereenkomst {F1}.pdf", "pl": "Umowa {F1}.docx"}[d.lang]), "lastModifyingUser": {"displayName": d.t("{F2}"), "permissionId": D(d.r, 20)}, "permissions": [{"role": "writer", "emailAddress": d.t("{E3}"), "type": "user"}], "md5Checksum": HEX(d.r, 32)}, {"fileId": AN(d.r, 28), "title": d.t("[[Budget]] {team} {ver}.ods"), "permissions": []}]}
@pos
def hubspot(d):
    return {"results": [{"vid": ID(d), "canonical-vid": ID(d), "firstName": d.t("{X%d}" % i), "lastName": d.t("{Y%d}" % i), "mobilephone": d.t("{phone}"), "hs_additional_emails": d.t("{E%d}" % i), "associatedcompany": d.t("{co}"), "hs_analytics_source": "OFFLINE", "jobtitle": "Buyer", "message": note(d, i)} for i in range(1, d.r.randint(2, 3))], "paging": {"next": {"after": str(ID(d))}}}
@pos
def salesforce(d):
    return {"totalSize": 1, "done": True, "records": [{"attributes": {"type": "Contact", "url": "/services/data/v61.0/sobjects/Contact/003" + AN(d.r, 15)}, "Salutation": d.r.choice(["Mr.", "Dr.", None]), "FirstName": d.t("{X1}"), "LastName": d.t("{Y1}"), "MailingStreet": d.t("{streetline}"), "MailingCountryCode": d.lang.upper(), "Birthdate": d.t("{dobi1}"), "MobilePhone": d.t("{phone}"), "Account": {"Name": d.t("{co}"), "Owner": {"Name": d.t("{F2}"), "Alias": d.t("{H2}")}}, "Description": note(d), "LeadSource": "Web"}]}
@pos
def zendesk(d):
    return {"ticket": {"id": ID(d), "subject": title(d), "raw_subject": None, "description": note(d), "status": "pending", "via": {"channel": "voice", "source": {"from": {"formatted_phone": d.t("{phone}"), "name": d.t("{F1}")}, "rel": "inbound"}}, "collaborators": [{"name": d.t("{F2}"), "email": d.t("{E2}")}], "tags": ["refund", "sepa"], "custom_fields": [{"id": ID(d), "value": d.t("{order}")}]}, "comments": [{"author_id": ID(d), "html_body": "<div>" + d.t("{Fh1}") + "<br>" + d.t("{G1}, {phone}") + "</div>", "public": True}]}
@pos
def stripe_charge(d):
    return {"object": "charge", "id": "ch_" + AN(d.r, 24), "amount": ID(d, 100, 99999), "billing_details": {"name": d.t("{F1}"), "email": d.t("{E1}"), "phone": d.r.choice([None, d.t("{phone}")]), "address": {"line1": d.t("{streetline}"), "line2": None, "country": d.lang.upper()}}, "payment_method_details": {"type": "sepa_debit", "sepa_debit": {"last4": D(d.r, 4), "fingerprint": AN(d.r, 16), "iban": d.t("{ibanc}")}}, "receipt_number": d.t("{order}"), "captured": True} if True else None
@pos
def sentry(d):
    return {"eventID": HEX(d.r, 32), "culprit": "quay.ledger in post_entry", "tags": [{"key": "server_name", "value": d.t("{host}")}, {"key": "release", "value": d.t("{ver}")}], "contexts": {"user": {"username": d.t("{H1}"), "email": d.t("{E1}"), "ip_address": d.t("{ip}"), "name": d.t("{F1}")}, "runtime": {"name": "CPython", "version": "3.13.1"}}, "breadcrumbs": [{"category": "http", "message": d.t("GET /people?name={Fp1}"), "level": "info", "timestamp": d.t("{ts}")}], "entries": [{"type": "message", "data": {"formatted": d.t("otp for {phone} expired")}}]}
@pos
def hr(d):
    k, v = nat_id(d)
    K = {"en": ("givenName","familyName","birthDate","homeAddress","payAccount","manager"), "de": ("rufname","familienname","geburtstag","wohnanschrift","gehaltskonto","vorgesetzte"), "fr": ("prenomUsuel","nomNaissance","dateNaissance","adressePostale","compteSalaire","responsable"), "es": ("nombrePila","primerApellido","fechaNacimiento","direccion","cuentaNomina","responsable"), "it": ("nomeProprio","cognomeNascita","dataNascita","residenza","contoStipendio","responsabile"), "nl": ("roepnaam","familienaam","geboortedatum","woonadres","salarisrekening","leidinggevende"), "pl": ("imiePierwsze","nazwiskoRodowe","dataUrodzenia","adresZamieszkania","kontoWyplaty","przelozony")}[d.lang]
    return {"employee": {"personnelNo": d.t("{num}"), K[0]: d.t("{X1}"), K[1]: d.t("{Y1}"), K[2]: d.t("{dobi1}"), K[3]: d.t("{streetline}"), K[4]: d.t("{iban}"), k: d.t(v), K[5]: d.t("{F2}"), "costCentre": "K-4410", "unit": d.t("{team}"), "hiredOn": d.t("{date}"), "fte": 0.8}}
@pos
def hr_absence(d):
    return {"absences": [{"who": d.t("{R%d}" % i), "kind": d.r.choice(["SICK", "PARENTAL", "VACATION"]), "from": d.t("{date}"), "deputy": {"fullName": d.t("{F%d}" % (i + 3))}, "remark": note(d, i)} for i in (1, 2)], "approvedBy": d.t("{I3}"), "policy": "EU-std"}
@pos
def erp_invoice(d):
    return {"invoice": {"docNo": d.t("{order}"), "docDate": d.t("{date}"), "seller": {"legalName": d.t("{co}"), "vatGroup": "A2"}, "billTo": {"contactPerson": d.t("{F1}"), "street": d.t("{streetline}"), "telefax": None, "mail": d.t("{E1}")}, "payment": {"terms": "30 net", "bankAccount": d.t("{iban}"), "beneficiary": d.t("{F2}")}, "lines": [{"pos": 10, "sku": "QX-" + D(d.r, 4), "text": title(d), "net": 118.4}], "total": d.t("{amount}")}}
@pos
def query_rows(d):
    n = d.r.randint(2, 4)
    k, v = nat_id(d)
    return {"fields": [{"name": "cust_no", "dataTypeID": 23}, {"name": d.r.choice(["customer_name", "full_name"]), "dataTypeID": 1043}, {"name": "birthdate", "dataTypeID": 1082}, {"name": "iban", "dataTypeID": 1043}, {"name": "segment", "dataTypeID": 1043}], "rows": [[ID(d), d.t("{F%d}" % i), d.t("{dobi%d}" % i), d.t("{ibanc}"), d.r.choice(["SMB", "ENTERPRISE"])] for i in range(1, n + 1)], "command": "SELECT"}
@pos
def query_objs(d):
    k, _ = nat_id(d)
    return {"query": "select * from borrower limit 3", "result": [dict([("first_name", d.t("{X%d}" % i)), ("last_name", d.t("{Y%d}" % i)), ("login_ip", d.t("{ip}")), ("device_mac", d.t("{mac}")), ("branch_office", d.t("{team}"))]) for i in (1, 2, 3)], "elapsed_ms": 12}
@pos
def tool_result(d):
    f = d.r.choice([hr, salesforce, zendesk, erp_invoice, hubspot, query_rows])
    return {"jsonrpc": "2.0", "id": ID(d), "result": {"content": [{"type": "text", "text": json.dumps(f(d), ensure_ascii=d.r.random() < .5, indent=d.r.choice([None, 1]))}], "structuredContent": None}}
@pos
def tool_text(d):
    return {"jsonrpc": "2.0", "id": ID(d), "result": {"content": [{"type": "text", "text": "\n".join([d.t("## " + title(d)), "", "- owner: " + d.t("{F1}"), "- reviewer: " + d.t("{I2}"), "- " + note(d)])}], "isError": False}}
@pos
def keyed_by_mail(d):
    return {"quota": {d.t("{E%d}" % i): {"usedMb": ID(d, 10, 9000), "plan": "flex", "label": d.t("{F%d}" % i)} for i in (1, 2, 3)}, "resetAt": d.t("{ts}")}
@pos
def keyed_by_name(d):
    return {"timesheet": {d.t("{F%d}" % i): {"mon": 8, "tue": 7.5, "wed": 0} for i in (1, 2)}, "week": "2026-W41", "project": d.t("{prod}"), "approver": d.t("{F3}")}
@pos
def keyed_by_iban(d):
    return {"balances": {d.t("{ibanc}"): {"holder": d.t("{F1}"), "booked": 1204.5}, d.t("{ibanc}"): {"holder": d.t("{F2}"), "booked": -3.2}}, "asOf": d.t("{date}")}
@pos
def sso_log(d):
    return {"logs": [{"actor": {"alternateId": d.t("{E1}"), "displayName": d.t("{F1}"), "type": "User"}, "client": {"ipAddress": d.t("{ip}"), "userAgent": {"os": "Mac OS X", "browser": "FIREFOX"}, "zone": "null"}, "eventType": "user.mfa.factor.deactivate", "outcome": {"result": "SUCCESS"}, "published": d.t("{ts}"), "debugContext": {"debugData": {"requestUri": d.t("/admin/people/{H1}")}}}]}
@pos
def secrets_cfg(d):
    return {"connectors": [{"kind": d.r.choice(["sftp", "smtp"]), "host": d.t("{host}"), "user": d.t("{H1}"), "password": d.t("{sec_pw}"), "rotatedBy": d.t("{F1}")}, {"kind": "rest", "apiKey": d.t("{sec}"), "rotatedAt": d.t("{ts}")}], "revision": d.t("{ver}")}
@pos
def booking(d):
    return {"reservation": {"pnr": A(d.r, 6), "travellers": [{"surname": d.t("{Y%d}" % i), "forename": d.t("{X%d}" % i), "dateOfBirth": d.t("{dobi%d}" % i), "travelDocument": {"kind": "PASSPORT", "documentNumber": d.t("{passport}")}} for i in (1, 2)], "payment": {"pan": d.t("{cardc}"), "exp": "11/29"}, "segments": [{"from": "VIE", "to": "OSL", "dep": d.t("{ts}")}]}}
@pos
def patient(d):
    k, v = nat_id(d)
    return {"resourceType": "Patient", "identifier": [{"system": "urn:local:" + k, "value": d.t(v)}], "name": [{"use": "official", "family": d.t("{Y1}"), "given": [d.t("{X1}")]}], "telecom": [{"system": "phone", "value": d.t("{phone}")}], "birthDate": d.t("{dobi1}"), "address": [{"line": [d.t("{streetline}")], "country": d.lang.upper()}], "generalPractitioner": [{"display": "Dr. " + d.t("{L2}")}]}
@pos
def confluence(d):
    return {"page": {"id": str(ID(d)), "title": title(d), "version": {"number": 7, "by": {"publicName": d.t("{F1}"), "type": "known"}}, "body": {"storage": {"representation": "storage", "value": "<h2>" + title(d) + "</h2><p>" + d.t("{Fh2}") + " &amp; " + d.t("{Fh1}") + "</p><p>" + note(d) + "</p>"}}}}
@pos
def pagerduty(d):
    return {"oncalls": [{"escalation_level": i, "user": {"type": "user_reference", "summary": d.t("{F%d}" % i)}, "schedule": {"summary": d.t("{team}")}, "contact": d.t("{phone}")} for i in (1, 2)], "incident": {"title": title(d), "service": d.t("{host}"), "dedup_key": d.t("{uuid}")}}
@pos
def trello(d):
    return {"card": {"name": title(d), "desc": note(d), "idShort": 77, "members": [{"fullName": d.t("{F1}"), "initials": "XX", "username": d.t("{H1}")}], "checklists": [{"name": "[[Todo]]"[2:6], "checkItems": [{"name": d.t("{G1}: {ticket}"), "state": "incomplete"}]}], "board": {"name": d.t("{team}")}}}

@negs
def n_sprint(d): return {"values": [{"id": ID(d), "state": "closed", "name": d.t("{team} Sprint 14"), "goal": title(d), "startDate": d.t("{ts}"), "completeDate": d.t("{ts}")}], "isLast": True}
@negs
def n_rooms(d): return {"resources": [{"resourceName": d.t("{room}"), "capacity": 8, "floorName": d.r.choice(["EG", "2"]), "features": ["Whiteboard"]}, {"resourceName": d.k(d.r.choice(["Amalfi", "Lovelace", "Schiller", "Chopin"])), "capacity": 4}], "building": d.t("{co}")}
@negs
def n_pods(d): return {"kind": "PodList", "items": [{"metadata": {"name": d.t("{host}") + "-" + HEX(d.r, 5), "uid": d.t("{uuid}"), "labels": {"app": d.t("{prod}"), "team": "granit"}}, "status": {"phase": "Running", "startTime": d.t("{ts}")}, "spec": {"image": d.t("quay.example/core:{ver}")}} for _ in range(2)]}
@negs
def n_mr(d): return {"iid": ID(d, 1, 999), "title": title(d), "source_branch": d.t("{branch}"), "sha": d.t("{sha}"), "labels": ["backend"], "milestone": {"title": d.t("[[Jasmine]] {ver}")}, "detailed_merge_status": "ci_must_pass", "web_url": d.t("{url}")}
@negs
def n_stock(d): return {"items": [{"sku": d.t("{num}"), "title": d.k(x), "qty": ID(d, 1, 400), "price": {"amount": "12.90", "currency": "EUR"}} for x in d.r.sample(["Sessel Ludwig", "Lampe Clara", "Table Basse Colette", "Silla Inés", "Vaso Aurora", "Stoel Hendrik", "Regał Zosia", "Billy Bookcase", "Moscow Mule Mug"], 3)], "warehouse": d.t("{co}")}
@negs
def n_articles(d): return {"articles": [{"id": ID(d), "heading": title(d), "excerpt": neg(d), "locale": d.lang, "published": d.t("{date}")}], "count": 1}
@negs
def n_checks(d): return {"vectors": [{"scheme": "iban", "input": d.t("{ibanbad}"), "expect": False}, {"scheme": "pan", "input": d.t("{cardbad}"), "expect": False}], "suite": d.t("{hash}"), "ran_at": d.t("{ts}")}
@negs
def n_metrics(d): return {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {"__name__": "http_requests_total", "instance": d.t("{host}"), "job": "node"}, "value": [1790000000.123, str(ID(d))]}]}}
@negs
def n_release(d): return {"tag_name": d.t("{ver}"), "name": d.t("{prod} {ver}"), "target_commitish": d.t("{sha}"), "prerelease": False, "assets": [{"name": "checksums.txt", "size": ID(d), "digest": d.t("sha256:{sha}")}], "body": neg(d)}
@negs
def n_places(d): return {"venues": [{"name": d.k(x), "type": t} for x, t in d.r.sample([("Stadio Giuseppe Meazza", "stadium"), ("Aéroport Charles de Gaulle", "airport"), ("Willy-Brandt-Platz", "stop"), ("Jardín Botánico", "park"), ("John Lewis", "store"), ("Teatr Wielki", "theatre"), ("Lycée Henri-IV", "school"), ("Johan Cruijff Arena", "stadium")], 3)], "updated": d.t("{ts}")}
@negs
def n_order(d): return {"purchaseOrder": {"number": d.t("{order}"), "vendor": d.t("{co}"), "status": "PARTIALLY_RECEIVED", "lines": [{"no": 10, "material": d.t("{num}"), "desc": title(d)}], "value": d.t("{amount}"), "delivery": d.t("{date}")}}
@negs
def n_tool(d): return {"jsonrpc": "2.0", "id": ID(d), "result": {"content": [{"type": "text", "text": json.dumps(d.r.choice(JN[:10])(d), ensure_ascii=False)}], "isError": False}}
@negs
def n_enum(d): return {"workflow": {"statuses": ["OPEN", "WAITING_FOR_LEGAL", "DONE"], "screens": [{"name": "Default Screen"}, {"name": title(d)}], "owner_group": d.t("{team}"), "schema": d.t("{uuid}"), "fields": {"name": "string", "surname": "string", "birth_date": "date"}}}
@negs
def n_error(d): return {"error": {"code": -32602, "message": d.t("no such issue {ticket}"), "data": {"trace": d.t("{uuid}"), "hint": neg(d), "docs": d.t("{url}")}}}
@negs
def n_i18n(d): return {"locale": d.lang, "messages": {"btn.save": title(d), "room.name": d.t("{room}"), "help.body": neg(d)}, "build": d.t("{hash}")}
@negs
def n_matrix(d): return {"include": [{"os": "ubuntu-24.04", "runner": d.t("{host}"), "tool": d.t("{prod}"), "v": d.t("{ver}")} for _ in range(3)], "workflow": "nightly", "run_id": d.t("{num}")}
@negs
def n_geo(d): return {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": d.k(x)}, "geometry": {"type": "Point", "coordinates": [round(d.r.uniform(-9, 25), 5), round(d.r.uniform(36, 60), 5)]}} for x in d.r.sample(["San Pietro", "Mont Ventoux", "Königssee", "Ben Nevis", "Santa Cruz", "Góra Kościuszki", "Sint-Niklaas", "Lake Charles", "Saint-Denis"], 2)]}
@negs
def n_kanban(d): return {"columns": [{"name": x, "cards": d.r.randint(0, 30)} for x in ("Inbox", "Doing", "Review", "Shipped")], "board": d.t("{team}"), "swimlanes": [{"title": title(d)}], "next": d.t("{ticket}")}
@negs
def n_dns(d): return {"zone": "copperline.io", "records": [{"type": "CNAME", "name": d.t("{host}"), "value": "edge.copperline.io", "ttl": 300}, {"type": "TXT", "name": "_build", "value": d.t("sha={sha}"), "ttl": 60}]}
@negs
def n_exp(d): return {"experiment": {"key": d.t("{uuid}"), "name": d.k(d.r.choice(["Blue Monday", "Jack of all Trades", "Operation Walküre", "Projet Molière", "Proyecto Frida", "Progetto Dante", "Projekt Sobieski"])), "arms": [{"arm": "control", "n": ID(d)}, {"arm": "B", "n": ID(d)}], "until": d.t("{date}"), "owner_team": d.t("{team}")}}
@negs
def n_rows(d): return {"columns": ["supplier", "po", "booked_at", "status"], "data": [[d.t("{co}"), d.t("{order}"), d.t("{ts}"), "BOOKED"] for _ in range(3)], "next_page": None}
@negs
def n_lib(d): return {"books": [{"title": d.k(x), "signature": d.t("{num}"), "loaned": False} for x in d.r.sample(["Faust", "Emma", "Anna Karenina", "Tom Sawyer", "Madame Bovary", "Don Quijote", "Pan Tadeusz", "Max Havelaar", "Pinocchio", "Jane Eyre"], 3)], "branch": d.t("{room}")}
@negs
def n_deps(d): return {"name": "quay-web", "version": d.t("{ver}"), "dependencies": {"@emotion/react": d.t("{ver}"), "victory": d.t("{ver}"), "ramda": d.t("{ver}")}, "integrity": "sha512-" + base64.b64encode(rb(d.r, 48)).decode()}
@pos
def linear(d): return {"data": {"issue": {"identifier": d.t("{ticket}"), "title": title(d), "assignee": {"displayName": d.t("{H1}"), "name": d.t("{F1}"), "email": d.t("{E1}")}, "subscribers": {"nodes": [{"name": d.t("{F2}")}, {"name": d.t("{F3}")}]}, "history": [{"fromState": {"name": "Todo"}, "toState": {"name": "Doing"}, "actor": {"name": d.t("{F2}")}}], "comments": {"nodes": [{"body": note(d), "createdAt": d.t("{ts}")}]}}}}
@pos
def crm_call(d): return {"call": {"caller": d.t("{phone}"), "agent": d.t("{G1}"), "summary": note(d, 2), "dispositions": ["callback"], "durationMs": ID(d), "recordingId": d.t("{uuid}")}, "callerProfile": {"nombre": d.t("{X2}"), "apellidos": d.t("{Y2}")} if d.lang == "es" else {"givenName": d.t("{X2}"), "familyName": d.t("{Y2}")}}
@pos
def wifi(d): return {"stations": [{"hostname": d.t("{host}"), "mac": d.t("{mac}"), "ip6": d.t("{ipv6}"), "registeredTo": d.t("{F1}"), "rssi": -61}, {"hostname": d.t("{host}"), "mac": d.t("{mac}"), "ip": d.t("{ip}"), "registeredTo": d.t("{R2}"), "rssi": -48}], "ap": d.t("{room}")}
@pos
def bank_tx(d): return {"transactions": [{"counterparty": {"name": d.t("{F%d}" % i), "account": {"iban": d.t("{ibanc}")}}, "remittanceInformation": d.t("{order} {G%d}" % i), "amount": {"value": "-48.20", "currency": "EUR"}, "valueDate": d.t("{date}"), "endToEndId": d.t("{uuid}")} for i in (1, 2)], "accountOwner": d.t("{F3}")}
@pos
def fleet(d):
    if d.lang != "de": return bank_tx(d)
    return {"fuhrpark": [{"kennzeichen": d.t("{plate}"), "fahrer": d.t("{F%d}" % i), "modell": "Kombi", "fuehrerscheinGeprueft": True, "ausweisnummer": d.t("{ausweis}")} for i in (1, 2)], "standort": d.t("{team}")}
@pos
def form_reply(d):
    q = {"en": ("What is your full name?", "Best number to reach you", "Where should we deliver?"), "de": ("Wie heißen Sie?", "Unter welcher Nummer sind Sie erreichbar?", "Lieferanschrift"), "fr": ("Vos nom et prénom", "Numéro où vous joindre", "Adresse de livraison"), "es": ("¿Cómo se llama?", "Teléfono de contacto", "Dirección de entrega"), "it": ("Come si chiama?", "Recapito telefonico", "Indirizzo di consegna"), "nl": ("Hoe heet u?", "Op welk nummer bent u bereikbaar?", "Bezorgadres"), "pl": ("Imię i nazwisko", "Numer do kontaktu", "Adres dostawy")}[d.lang]
    return {"formId": AN(d.r, 10), "answers": [{"question": q[0], "answer": d.t("{F1}")}, {"question": q[1], "answer": d.t("{phone}")}, {"question": q[2], "answer": d.t("{streetline}")}], "submitted": d.t("{ts}")}
@pos
def ids_list(d):
    out = [{"subject": d.t("{F1}"), "kind": nat_id(d)[0], "verified": True}]
    for i in range(1, d.r.randint(3, 4)):
        k, v = nat_id(d, i); out.append({"subject": d.t("{F%d}" % i), k: d.t(v), "issuedOn": d.t("{date}")})
    return {"identities": out[1:], "kycLevel": 2}
@pos
def strings_list(d): return {"release": d.t("{ver}"), "contributors": [d.t("{F%d}" % i) for i in (1, 2, 3)], "reviewedBy": d.t("{F4} <{E4}>"), "signatories": d.t("{F5}; {F6}"), "translators": [], "thanks": d.t("{G1}, {G2}")}
@pos
def csv_in_tool(d): return {"jsonrpc": "2.0", "id": ID(d), "result": {"content": [{"type": "text", "text": g_csv(d, False)}], "_meta": {"rows": 5, "source": d.t("{host}")}}}
@pos
def log_in_tool(d): return {"tool": "read_file", "output": g_log(d, False), "truncated": False, "path": d.t("/var/log/{host}/app.log")}
@pos
def mail_thread(d): return {"threadKey": HEX(d.r, 12), "entries": [{"von" if d.lang == "de" else "sender": d.t("{F%d} <{E%d}>" % (i, i)), "when": d.t("{ts}"), "text": note(d, i)} for i in (1, 2)], "folder": "Archive/2026"}
@pos
def crm_local(d):
    K = {"en": ("contactPerson", "mobile", "homeAddress", "comment"), "de": ("ansprechpartner", "mobilnummer", "strasse", "bemerkung"), "fr": ("interlocuteur", "portable", "voie", "commentaire"), "es": ("personaContacto", "movil", "calle", "observaciones"), "it": ("referente", "cellulare", "via", "annotazioni"), "nl": ("contactpersoon", "mobiel", "straat", "opmerking"), "pl": ("osobaKontaktowa", "komorka", "ulica", "komentarz")}[d.lang]
    return {"account": d.t("{co}"), "accountNo": d.t("{num}"), "contacts": [{K[0]: d.t("{F%d}" % i), K[1]: d.t("{phone}"), K[2]: d.t("{streetline}"), K[3]: note(d, i)} for i in (1, 2)], "owner_team": d.t("{team}")}
@pos
def members_local(d):
    K = {"en": ("forename", "surname", "dob"), "de": ("vorname", "zuname", "geb_datum"), "fr": ("prenom_membre", "nom_membre", "ne_le"), "es": ("nombre", "apellido1", "f_nacimiento"), "it": ("nome", "cognome", "data_nasc"), "nl": ("voornaam", "achternaam", "geb_dat"), "pl": ("imie", "nazwisko", "data_ur")}[d.lang]
    return [{K[0]: d.t("{X%d}" % i), K[1]: d.t("{Y%d}" % i), K[2]: d.t("{dobi%d}" % i), "club_no": d.t("{num}"), "active": True} for i in range(1, d.r.randint(3, 5))]
@pos
def poll(d): return {"poll": {"question": title(d), "options": [{"label": d.t("{date}"), "voters": [d.t("{G1}"), d.t("{G2}")]}, {"label": d.t("{date}"), "voters": [d.t("{F3}")]}], "closedBy": d.t("{H3}")}}
@pos
def md_in_tool(d): return {"content": [{"type": "text", "text": d.t("| # | " + T[d.lang]["H"][2] + " | " + T[d.lang]["H"][4] + " |\n|---|---|---|\n| 1 | {F1} | {phone} |\n| 2 | {F2} | {phone} |\n\n_{ticket}, {ver}_")}], "structuredContent": {"rows": [{"n": 1, "person": d.t("{F1}")}, {"n": 2, "person": d.t("{F2}")}]}}
def compose(d, parts_pos, parts_neg):
    r = d.r; out = []; used = 0
    blocks = r.sample(parts_pos, k=min(len(parts_pos), r.choice([1, 1, 2, 2, 3])))
    for b in blocks:
        n = max([int(x) for x in re.findall(r"\{[A-Za-z]+([1-9])\}", b)] or [0])
        off = 0 if r.random() < .55 else used
        out.append(d.t(b, off)); used = max(used, off + n)
    for b in r.sample(parts_neg, k=r.choice([0, 0, 1, 1, 2])):
        if not b.startswith("#"): out.insert(r.randint(0, len(out)), d.t(b))
    return r.choice([" ", "\n", "\n\n", "\n- "]).join(out), used
def g_prose(d, neg_):
    if neg_:
        bl = d.r.sample(T[d.lang]["N"], k=d.r.choice([1, 2, 2, 3, 4])); bl.sort(key=lambda b: b.startswith("#"))
        return d.t(d.r.choice([" ", "\n", "\n\n"]).join(b if not b.startswith("#") else "\n\n" + b for b in bl).strip())
    s, used = compose(d, T[d.lang]["P"], T[d.lang]["N"])
    for _ in range(d.r.choice([1, 1, 2] if d.lang in ("en", "de") else [0, 1])):
        v = d.r.choice(TAILS[d.lang])
        s += "\n" + d.t(v, 0 if d.r.random() < .7 else used)
    if d.r.random() < .08: s = "| ref | %s |\n|---|---|\n| owner | %s |\n| build | %s |\n\n" % (d.t("{ticket}"), d.t("{F8}"), d.t("{ver}")) + s
    return s
def g_chat(d, neg_):
    if neg_: return d.t("\n".join(d.r.sample(T[d.lang]["CN"], k=d.r.choice([1, 1, 2]))))
    if d.r.random() < .3:
        fmt = d.r.choice(["%s: %s", "<%s> %s", "[{hhmm}] %s | %s", "**%s** {hhmm}\n> %s", "- %s \u2014 %s", "{hhmm} %s\n    %s"])
        one = [x for x in T[d.lang]["P"] if "#" not in x and not re.search(r"\{[A-Za-z]+[3-9]\}", x)]; neg1 = [x for x in T[d.lang]["N"] if "#" not in x]
        who = d.r.choice(["{G%d}", "{F%d}", "{F%d}", "{w%d}"]); L = []
        for i in range(d.r.choice([2, 3])):
            body = d.t(d.r.choice(one), d.r.choice([0, 6, 4])) if i == 0 or d.r.random() < .4 else d.t(d.r.choice(neg1))
            L.append(d.t(fmt) % (d.t(who % (i % 2 + 7)), body))
        return "\n".join(L)
    ease = lambda t: re.sub(r"\{([Ww])(\d)\}", lambda m: "{" + ({"W": "F", "w": "G"}[m.group(1)] if d.r.random() < .62 else m.group(1)) + m.group(2) + "}", t)
    s = d.t(ease(d.r.choice(T[d.lang]["C"])))
    if d.r.random() < .3: s += "\n" + d.t(ease(d.r.choice(T[d.lang]["C"])), 4)
    if d.r.random() < (.5 if d.lang in ("en", "de") else .2): s += "\n" + d.t(d.r.choice(TAILS[d.lang]), 0)
    return s
HTML = {"en": "Hello", "de": "Guten Tag", "fr": "Bonjour", "es": "Buenos días", "it": "Buongiorno", "nl": "Goedendag", "pl": "Witam"}
def g_email(d, neg_):
    if neg_: return d.t(d.r.choice(T[d.lang]["MN"]))
    if d.r.random() < .08: return d.t("Content-Type: text/html\n\n<html><body><p>%s {Fh1},</p><p>%s</p><p>{Fh2}<br>Tel. {phone}</p></body></html>" % (HTML[d.lang], d.r.choice([x for x in T[d.lang]["N"] if not x.startswith("#")])))
    if d.r.random() < .25:
        head = {"en": ("Subject", "Thanks", "Best wishes"), "de": ("Betreff", "Danke", "Schöne Grüße"), "fr": ("Objet", "Merci", "Bonne journée"), "es": ("Asunto", "Gracias", "Atentamente"), "it": ("Oggetto", "Grazie", "Un cordiale saluto"), "nl": ("Onderwerp", "Bedankt", "Met groet"), "pl": ("Temat", "Dziękuję", "Serdeczności")}[d.lang]
        body = [d.t(x, o) for x, o in zip(d.r.sample([x for x in T[d.lang]["P"] if "#" not in x], 2), (0, d.r.choice([0, 4])))]
        sign = d.t(d.r.choice(["{F1}", "{G1}", "{I1}", "{F1}\n{co}\n{street}", "{F1} | {team} | {phone}", "{U1}"]), d.r.choice([0, 8]))
        greet = d.t(d.r.choice(["{G9},\n\n", "{T9} {L9},\n\n", "", "{G9}!\n\n"]))
        return d.t("%s: %s\n\n" % (head[0], d.r.choice(["{ticket}", "Re: {order}", "Re: {prod} {ver}", d.r.choice(T[d.lang]["K"])]))) + greet + "\n\n".join(body) + "\n\n" + d.r.choice(head[1:]) + "\n" + sign
    s = d.t(d.r.choice(T[d.lang]["M"]))
    if d.r.random() < .2: s += "\n\nPS: " + d.t(d.r.choice(T[d.lang]["P"]), 5)
    if d.r.random() < (.5 if d.lang in ("en", "de") else .2): s += "\n" + d.t(d.r.choice(TAILS[d.lang]), 0)
    return s
def g_log(d, neg_):
    k = d.r.choice([1, 2, 2, 3])
    if neg_: return d.t("\n".join(d.r.sample(LOGN, k=k)))
    L = [d.t(x, 3 * i) for i, x in enumerate(d.r.sample(LOGP, k=k))] + [d.t(x) for x in d.r.sample(LOGN, k=d.r.choice([0, 1, 1, 2]))]
    d.r.shuffle(L); return "\n".join(L)
def g_code(d, neg_):
    if neg_: return d.t("\n".join(d.r.sample(CODEN, k=d.r.choice([1, 1, 2]))))
    s = d.t(d.r.choice(CODEP))
    return s + d.t(d.r.choice(CODEN)) if d.r.random() < .3 else s
NATC = {"en": [("SSN","{ssn}"),("NI number","{nino}"),("NHS","{nhs}")], "de": [("Steuer-ID","{steuer}"),("RV-Nr","{rvnr#}"),("Kennzeichen","{plate}"),("Ausweis","{ausweis}")], "fr": [("NIR","{nir#}")], "es": [("DNI","{dni}")], "it": [("CF","{cf#}")], "nl": [("BSN","{bsn}")], "pl": [("PESEL","{pesel#}")]}
NCSV = {"en": ("item,colour,qty,price",["Lounge Chair Henry","Rug Ophelia","Vase","Hinge"]), "de": ("Artikel;Farbe;Menge;Preis",["Regal Konrad","Kommode Emilie","Dübel","Hobel"]), "fr": ("article;couleur;quantité;prix",["Fauteuil Margot","Tapis","Vis","Rideau"]), "es": ("artículo;color;cantidad;precio",["Mesa Carlota","Alfombra","Tornillo","Cortina"]), "it": ("articolo;colore;quantità;prezzo",["Divano Bianca","Tappeto","Vite","Tenda"]), "nl": ("artikel;kleur;aantal;prijs",["Kast Hugo","Kleed","Schroef","Gordijn"]), "pl": ("towar;kolor;ilość;cena",["Sofa Matylda","Dywan","Śruba","Zasłona"])}
def g_csv(d, neg_):
    r = d.r; sep = r.choice([";", ",", "\t", "|"])
    if neg_:
        k = r.randint(0, 2)
        if k == 0:
            h, items = NCSV[d.lang]; sep = "," if "," in h else ";"; d.k(h.split(sep)[1])
            return "\n".join([h] + [sep.join([d.k(r.choice(items)), r.choice(["#a1c2e3", "RAL 7016"]), str(r.randint(1, 300)), "%d.90" % r.randint(2, 300)]) for _ in range(r.randint(3, 6))])
        if k == 1: return sep.join(["run_id", "host", "commit", "finished_at"]) + "\n" + "\n".join(sep.join(d.t(x) for x in ["{uuid}", "{host}", "{hash}", "{ts}"]).replace(",", ".") if 0 else sep.join([d.t("{uuid}"), d.t("{host}"), d.t("{hash}"), d.k(datetime.date(2026, 1, 1).strftime("%Y-") + "%02d-%02d" % (r.randint(1, 12), r.randint(1, 28)))]) for _ in range(r.randint(3, 5)))
        return sep.join(["po", "supplier", "status"]) + "\n" + "\n".join(sep.join([d.t("{order}"), d.t("{co}"), d.k(r.choice(["PARTIAL", "CLOSED", "IN_TRANSIT"]))]) for _ in range(r.randint(3, 6)))
    H = T[d.lang]["H"]; n = r.randint(3, 6); nc, nt = r.choice(NATC[d.lang]); q = lambda v: '"%s"' % v if sep in v else v
    kinds = [
        ([H[0], H[1], H[3], H[7]], ["{X#}", "{Y#}", "{E#}", "{team}"]),
        ([H[2], H[5], nc, "Code"], [r.choice(["{R#}", "{F#}"]), "{dob#}", nt, "{num}"]),
        ([H[2], H[4], "Status"], ["{F#}", "{phone}", "ACTIVE"]),
        (["No", H[1], H[0], H[6], "IBAN"], ["{num}", "{Y#}", "{X#}", "{streetline}", "{ibanc}"]),
        ([nc, H[2], "Card"], [nt, "{F#}", "{cardc}"]),
        (["login", "ip", "mac", "last_seen"], ["{H#}", "{ip}", "{mac}", "{ts}"]),
    ]
    h, row = kinds[r.randint(0, 4) if r.random() < .9 else 5]
    rows = [sep.join(q(d.t(c.replace("#", str(i)))) for c in row) for i in range(1, n + 1)]
    if r.random() < .15:
        return "| " + " | ".join(h) + " |\n|" + "---|" * len(h) + "\n" + "\n".join("| " + " | ".join(d.t(c.replace("#", str(i))) for c in row) + " |" for i in range(7, 10))
    return "\n".join([sep.join(h)] + rows)
GEN = {"prose": g_prose, "chat": g_chat, "email": g_email, "log": g_log, "code": g_code, "csv": g_csv}
SCORE = vars(score)
def valid(o, d):
    strs = SCORE["strings"](o["doc"] if "doc" in o else o["text"])
    hay = SCORE["squeeze"]("\n".join(v for s in strs for v in SCORE["decoded"](s)))
    pers = {w.casefold() for x in o["pii"] if x["type"] in ("PERSON",) for w in re.findall(r"[^\W_]+", x["value"]) if len(w) > 2 and w.casefold() not in PART}
    for x in o["pii"]:
        if not SCORE["leaks"](x["type"], x["value"], hay): return "absent " + x["value"]
    cut = "\n".join(SCORE["blank"](strs, [x["value"] for x in o["pii"]]))
    for k in o["keep"]:
        if k not in cut: return "keep not outside pii: " + k
    # what is left after cutting out the labels must not hold a name part, nor any labelled value
    dec = SCORE["squeeze"]("\n".join(v for s in SCORE["blank"]([SCORE["decoded"](s)[-1] for s in strs], [x["value"] for x in o["pii"]]) for v in [s]))
    if any(SCORE["bounded"](p, dec) for p in pers): return "left-over name part"
    if not o["pii"] == [] and not any(1 for _ in o["pii"]): return "empty"
    t = {}
    for x in o["pii"]:
        if t.setdefault(x["value"].casefold(), x["type"]) != x["type"] and {"PERSON", "USERNAME"} != {t[x["value"].casefold()], x["type"]}: return "two types"
        if again(x["value"]): return "in the other set"
    if "[[" in hay and o["kind"] != "code": return "bracket"
    if re.search(r"\{[A-Za-z_]+\d?\}", hay): return "unfilled " + re.search(r"\{[A-Za-z_]+\d?\}", hay).group()
    return None
def main():
    n, seed, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    r = random.Random(seed); kinds = {"prose": 309, "chat": 109, "email": 131, "log": 133, "code": 111, "csv": 81, "json": 326}
    share = {"prose": .32, "json": .40, "code": .65, "log": .41, "csv": .35, "email": .14, "chat": .165}
    plan = []
    for kd, c in kinds.items():
        m = round(n * c / 1200); ng = round(m * share[kd])
        plan += [(kd, i < ng) for i in range(m)]
    while len(plan) < n: plan.append(("prose", False))
    plan = plan[:n]; 
    want = round(.35 * n); have = sum(x[1] for x in plan)
    for i in r.sample(range(len(plan)), len(plan)):
        if have == want: break
        if plan[i][1] != (have < want): plan[i] = (plan[i][0], have < want); have += 1 if have < want else -1
    plan.sort(key=lambda x: (x[0], x[1])); docs, why, jc = [], collections.Counter(), collections.Counter()
    for i, (kd, ng) in enumerate(plan):
        lang = LANGS[i % 7]
        while True:
            d = Doc(r, lang)
            if kd == "json":
                fns = JN if ng else JP
                f = min(r.sample(fns, len(fns)), key=lambda f: jc[f.__name__]); o = d.done(kd, doc=f(d))
            else: o = d.done(kd, text=GEN[kd](d, ng))
            if ng != (not o["pii"]): why["sign"] += 1; continue
            w = valid(o, d)
            if w: why[w.split(" ")[0] if not w.startswith("unf") else w] += 1; continue
            if kd == "json": jc[f.__name__] += 1
            break
        docs.append(o)
    r.shuffle(docs)
    with open(out, "w", encoding="utf-8") as fh:
        for i, o in enumerate(docs):
            fh.write(json.dumps({"id": "hold-%04d" % (i + 1), **o}, ensure_ascii=False) + "\n")
    C = collections.Counter
    print("rejected", why)
    print("n", len(docs), "neg", sum(not o["pii"] for o in docs), C(o["kind"] for o in docs), C(o["lang"] for o in docs))
    print(C(x["type"] for o in docs for x in o["pii"]))
    print(C(x.get("form") for o in docs for x in o["pii"] if x["type"] == "PERSON"), C(x.get("src") for o in docs for x in o["pii"] if x["type"] == "PERSON"))
    print("keep", sum(len(o["keep"]) for o in docs), jc)
if __name__ == "__main__": main()
