"""The table of goods. See `catalogue.py` for its reading.

Each entry is two lines: HS-6, EUR a unit, kg a unit, countries of origin, marks; then wordings.
The mark `brand` is for headings where counterfeits are found; `UN....` for dangerous goods.
Prices are what platforms ask, by the compiler's judgement and not from a source.
"""

from __future__ import annotations

GOODS = """
610910 3.5-19 0.12-0.26 CN BD TR IN brand
    cotton t-shirt, printed; men's t-shirt, 100% cotton; ladies short sleeve t-shirt, cotton
610462 9-32 0.20-0.45 CN BD TR
    women's knitted trousers, cotton; ladies leggings, cotton; women jogging pants, knitted
611020 14-60 0.30-0.65 CN BD TR IN brand
    cotton hoodie; men's sweatshirt, cotton; knitted cotton pullover
611030 10-45 0.25-0.60 CN TR
    polyester pullover; women's knitted sweater, acrylic; fleece pullover
611595 2-9 0.04-0.12 CN TR PK
    cotton socks, 5 pairs; men's ankle socks, cotton; knitted socks, cotton
610711 4-18 0.06-0.18 CN BD TR
    men's boxer shorts, cotton; cotton underpants; men's briefs, knitted cotton
611241 7-28 0.12-0.25 CN TR
    women's swimsuit, polyester; ladies bikini, synthetic; swimwear, knitted synthetic
620342 15-70 0.45-0.80 CN BD TR PK brand
    men's jeans, cotton denim; denim trousers for men; men's chinos, cotton
620443 11-55 0.20-0.50 CN TR IN
    women's dress, polyester; ladies evening dress, synthetic; summer dress, woven polyester
620640 8-32 0.12-0.30 CN IN TR
    women's blouse, polyester; ladies shirt, viscose; woven blouse for women
620140 25-130 0.60-1.40 CN VN BD brand
    men's parka, polyester; padded winter jacket, men; windbreaker for men, nylon
620240 22-120 0.55-1.30 CN VN BD
    women's coat, polyester; ladies padded jacket; women's anorak, synthetic
621210 6-26 0.08-0.20 CN TH VN
    women's bra, lace; bra, polyamide; sports bra
621430 5-24 0.08-0.25 CN IN TR
    scarf, polyester; ladies shawl, synthetic; printed scarf, woven
650500 4-25 0.07-0.18 CN VN BD brand
    baseball cap, cotton; knitted beanie hat; bucket hat, polyester
611610 4-18 0.07-0.20 CN PK
    work gloves, coated; cycling gloves, knitted; winter gloves, rubber palm
640411 18-110 0.65-1.20 CN VN brand
    running shoes, textile upper; sports shoes, rubber sole; men's trainers, mesh upper
640399 25-120 0.80-1.60 CN TR VN IN brand
    leather shoes, rubber sole; women's ankle boots, leather; men's leather loafers
640299 7-35 0.40-0.90 CN VN
    plastic slippers; sandals, EVA sole; women's shoes, PU upper
420222 12-95 0.40-1.00 CN IN brand
    women's handbag, PU outer surface; shoulder bag, textile; crossbody bag, PU
420221 35-240 0.50-1.20 CN IN TR brand
    leather handbag; ladies tote bag, cowhide; shoulder bag, genuine leather
420292 10-60 0.45-1.10 CN VN brand
    backpack, polyester; laptop rucksack, nylon; travel bag, textile
420232 4-35 0.08-0.20 CN IN brand
    wallet, PU; card holder, plastic sheeting; purse, textile
711719 1.5-22 0.01-0.10 CN TH IN KR
    necklace, imitation jewellery; alloy earrings; bracelet, base metal
711311 14-95 0.01-0.05 CN TH IN TR
    silver ring, 925; sterling silver necklace; silver earrings with zirconia
910211 12-140 0.06-0.25 CN JP HK brand
    men's wrist watch, quartz; ladies quartz watch, steel strap; wrist watch, analogue
900410 5-75 0.04-0.15 CN brand
    sunglasses, polarised; unisex sunglasses, plastic frame; UV400 sunglasses
851713 90-480 0.30-0.50 CN VN KR IN brand UN3481
    smartphone 128 GB; mobile phone, dual SIM; refurbished smartphone
851762 14-130 0.05-0.45 CN VN brand UN3481
    smart watch, bluetooth; wireless router, dual band; fitness bracelet with display
851830 8-120 0.08-0.40 CN VN brand UN3481
    wireless earbuds with charging case; bluetooth headphones; gaming headset
851821 12-90 0.25-1.20 CN VN UN3481
    bluetooth speaker, portable; mini speaker; loudspeaker in enclosure
850760 9-60 0.18-0.65 CN KR UN3480
    power bank 20000 mAh; lithium-ion battery 18650, 4 pieces; replacement battery for laptop
850650 3-14 0.03-0.15 CN JP UN3090
    lithium button cells CR2032, 20 pieces; lithium battery CR123A; lithium batteries, 3 V
850440 4-32 0.08-0.35 CN VN
    USB-C charger 65 W; power adapter for laptop; wireless charging pad
854442 1.8-14 0.03-0.20 CN VN
    USB-C cable, 2 m; HDMI cable 1.5 m; charging cable, braided
852589 18-150 0.15-0.70 CN TW
    security camera, wifi; dash cam 1080p; action camera, waterproof
847130 180-650 1.30-2.60 CN TW VN UN3481
    laptop computer 14 inch; refurbished notebook; tablet computer 10 inch
847160 8-70 0.15-1.00 CN TW
    wireless keyboard; gaming mouse, RGB; mechanical keyboard
852351 6-80 0.01-0.08 CN TW KR
    USB flash drive 128 GB; solid state drive 512 GB; memory card 64 GB
847330 10-180 0.10-0.90 CN TW
    memory module DDR4 16 GB; graphics card; laptop screen replacement
851770 3-45 0.03-0.20 CN HK
    phone screen replacement; back cover glass for phone; flex cable for phone
880621 25-160 0.25-0.90 CN UN3481
    mini drone with camera; quadcopter under 250 g; toy drone, foldable
854340 8-45 0.06-0.25 CN UN3481
    electronic cigarette; e-cigarette starter kit; pod vaporiser
851020 10-50 0.20-0.50 CN UN3481
    hair clipper, rechargeable; beard trimmer; electric hair trimmer
851310 5-35 0.10-0.40 CN UN3481
    LED flashlight, rechargeable; head torch, USB; camping lantern
940542 4-40 0.15-1.20 CN TR
    LED desk lamp; LED strip lights 10 m; wall lamp, LED
851671 18-110 0.90-3.20 CN TR
    coffee machine, portable; moka coffee maker, electric; espresso maker
850940 14-60 0.60-2.20 CN UN3481
    portable blender, USB; juicer; hand mixer
950300 3-48 0.12-1.10 CN VN IN brand
    building blocks set; plush toy; remote control car, toy
950440 3-18 0.08-0.35 CN US
    playing cards, 54; poker cards; trading card game
950450 25-190 0.30-1.80 CN JP brand
    handheld game console; video game controller; retro game console
950691 6-60 0.30-3.50 CN TR
    resistance bands set; yoga mat; hand grip trainer
950790 3-30 0.05-0.50 CN JP KR
    fishing lures, 20 pieces; fishing line 300 m; fishing reel
392410 3-22 0.10-0.70 CN TR TH
    plastic lunch box; kitchen storage boxes; plastic drinking cup
392490 2-18 0.08-0.60 CN TR
    bathroom organiser, plastic; plastic soap dish; shower caddy, plastic
392690 1.5-16 0.03-0.40 CN
    plastic hooks, 20 pieces; silicone phone case; plastic storage clips
732393 5-40 0.20-1.50 CN IN TR
    stainless steel pan; cutlery set, stainless; steel mixing bowl
691110 6-42 0.30-1.60 CN JP TR
    porcelain tea cup; tea set, porcelain; porcelain plate
630260 5-28 0.25-0.90 CN TR IN PK
    cotton bath towel; terry towels, 2 pieces; face towel, cotton
630392 9-48 0.50-1.80 CN TR IN
    blackout curtains, polyester; window curtain, synthetic; sheer curtain
570330 12-65 0.80-3.50 CN TR IN
    bath mat, tufted; area rug, polyester; door mat
821300 2-14 0.04-0.20 CN PK
    hairdressing scissors; kitchen scissors; sewing scissors
821192 6-55 0.12-0.45 CN JP PK
    kitchen knife, fixed blade; chef's knife 20 cm; paring knife set
820559 4-35 0.10-1.20 CN TW
    hand tool set; multi-tool; phone repair tool kit
846721 25-110 0.90-2.60 CN UN3481
    cordless drill 18 V; electric screwdriver set; power drill, battery
960321 1.5-12 0.02-0.12 CN
    toothbrushes, 10 pieces; bamboo toothbrush; interdental brushes
961700 7-36 0.25-0.60 CN TH
    vacuum flask 500 ml; insulated bottle, steel; thermos mug
670290 4-30 0.10-0.90 CN
    artificial flowers, silk; plastic plants, decorative; wedding flowers, artificial
670411 9-70 0.12-0.40 CN KR
    synthetic wig; hair extensions, synthetic; cosplay wig
330300 12-95 0.15-0.45 AE TR CN brand UN1266
    eau de parfum 100 ml; perfume spray 50 ml; eau de toilette
330499 4-42 0.05-0.30 KR CN JP TH brand
    face cream 50 ml; sunscreen SPF 50; eye shadow palette
330430 3-16 0.04-0.20 CN KR UN1263
    gel nail polish set; nail varnish 10 ml; manicure set with polish
210690 8-48 0.10-0.80 US IN CN KR
    food supplement capsules; vitamin gummies; protein powder, vanilla
090240 4-30 0.10-0.60 CN IN JP
    black tea 250 g; pu-erh tea cake; loose leaf tea
180690 4-26 0.15-0.70 TR JP US AE
    chocolate box, assorted; filled chocolate bar; chocolate snacks
870899 6-120 0.20-3.00 CN TW TR
    car mirror cover; brake caliper bracket for car; interior trim for car
871499 4-70 0.10-1.40 CN TW
    bicycle pedals; bicycle derailleur; handlebar for bicycle
842139 5-45 0.15-0.90 CN TR
    air filter for vacuum cleaner; HEPA filter; cabin air filter
901910 15-90 0.30-1.60 CN UN3481
    neck massager, electric; massage gun; foot massager
902511 2-15 0.03-0.10 CN
    clinical thermometer; kitchen thermometer, glass; fever thermometer
490199 5-38 0.20-0.90 US GB IN CN JP
    printed book, paperback; textbook; novel, hardcover
482010 2-16 0.10-0.50 CN KR JP
    notebook A5, lined; diary 2027; sketch book
"""
